/* SPDX-License-Identifier: MIT */
/* The kernel's sockets: the table kernel of the module. Its functions have the form of those of a stack's connections,
 * (network, host, reference, ...), the reference being a descriptor, and answer what they answer. */
#include "../io/socket.h"

#include "../io/socket_option.h"
#include "../io/tcp_info.h"
#include "answer.h"
#include "argument.h"
#include "gather.h"
#include "io_error.h"

#pragma GCC visibility push(hidden)

#ifdef __linux__

#include <string.h>

enum { LARGEST_RECEIVE = 65536 };

static tl_io *check_io(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  if (!n->io) luaL_argerror(L, 1, "it has no device");
  return n->io;
}

static tl_socket *check_socket(lua_State *L) {
  tl_socket *s = tl_socket_find(check_io(L), (int)luaL_checkinteger(L, 3));
  if (!s) luaL_argerror(L, 3, "no socket of this network");
  return s;
}

static uint16_t check_port(lua_State *L, int arg) {
  lua_Integer port = luaL_optinteger(L, arg, 0);
  luaL_argcheck(L, port >= 0 && port <= UINT16_MAX, arg, "not a port");
  return (uint16_t)port;
}

static int push_done(lua_State *L, bool done, const tl_io_error *e) {
  if (!done) return tl_push_io_error(L, e);
  lua_pushboolean(L, true);
  return 1;
}

static int push_socket(lua_State *L, const tl_socket *s, const tl_io_error *e) {
  if (!s && strcmp(e->code, "EAGAIN") == 0) return tl_push_error(L, TL_E_AGAIN);
  if (!s) return tl_push_io_error(L, e);
  lua_pushinteger(L, tl_socket_fd(s));
  return 1;
}

/* ---- opening ---- */

/* open(network, host, 4 | 6) -> reference */
static int socket_open(lua_State *L) {
  tl_io_error e = {"EIO", ""};
  return push_socket(L, tl_socket_open(check_io(L), (int)luaL_checkinteger(L, 3), &e), &e);
}

/* bind(network, host, ref, address | nil, port | nil) */
static int socket_bind(lua_State *L) {
  tl_io_error e = {"EIO", ""};
  return push_done(L, tl_socket_bind(check_socket(L), luaL_optstring(L, 4, NULL), check_port(L, 5), &e), &e);
}

/* connect(network, host, ref, address, port): begins to */
static int socket_connect(lua_State *L) {
  tl_io_error e = {"EIO", ""};
  return push_done(L, tl_socket_connect(check_socket(L), luaL_checkstring(L, 4), check_port(L, 5), &e), &e);
}

static int socket_listen(lua_State *L) {
  tl_io_error e = {"EIO", ""};
  return push_done(L, tl_socket_listen(check_socket(L), (int)luaL_checkinteger(L, 4), &e), &e);
}

/* accept(network, host, ref) -> reference */
static int socket_accept(lua_State *L) {
  tl_io_error e = {"EIO", ""};
  return push_socket(L, tl_socket_accept(check_socket(L), &e), &e);
}

/* check(network, host, ref): true, or what went wrong since this was asked last */
static int socket_check(lua_State *L) {
  tl_io_error e = {"EIO", ""};
  return push_done(L, tl_socket_check(check_socket(L), &e), &e);
}

/* ---- text ---- */

/* send(network, host, ref, data, first, last, urgent) -> how many bytes were taken */
static int socket_send(lua_State *L) {
  tl_socket *s = check_socket(L);
  size_t size;
  const char *data = luaL_checklstring(L, 4, &size);
  lua_Integer first = luaL_checkinteger(L, 5), last = luaL_checkinteger(L, 6);
  luaL_argcheck(L, first >= 1 && last <= (lua_Integer)size && last >= first - 1, 5, "not in the data");
  tl_io_error e = {"EIO", ""};
  const uint8_t *bytes = (const uint8_t *)data + first - 1;
  long taken = tl_socket_send(s, bytes, (size_t)(last - first + 1), lua_toboolean(L, 7), &e);
  if (taken < 0 && strcmp(e.code, "EAGAIN") == 0) return tl_push_error(L, TL_E_AGAIN);
  if (taken < 0) return tl_push_io_error(L, &e);
  lua_pushinteger(L, taken);
  return 1;
}

/* Up to and with the first line feed: of what is there, that much alone is taken. */
static long receive_line(tl_socket *s, uint8_t *bytes, size_t most, bool *found, tl_io_error *e) {
  long there = tl_socket_receive(s, bytes, most, true, e);
  if (there <= 0) return there;
  const uint8_t *feed = memchr(bytes, '\n', (size_t)there);
  *found = feed != NULL;
  return tl_socket_receive(s, bytes, feed ? (size_t)(feed - bytes) + 1 : (size_t)there, false, e);
}

/* receive(network, host, ref, most, line, gather): up to most bytes (a string, or how many the gather got), and whether
 * a line feed ends them. There may be more at once. */
static int socket_receive(lua_State *L) {
  tl_socket *s = check_socket(L);
  lua_Integer most = luaL_checkinteger(L, 4);
  uint8_t bytes[LARGEST_RECEIVE];
  size_t room = most < LARGEST_RECEIVE ? (size_t)most : sizeof bytes;
  bool found = false;
  tl_io_error e = {"EIO", ""};
  long came =
      lua_toboolean(L, 5) ? receive_line(s, bytes, room, &found, &e) : tl_socket_receive(s, bytes, room, false, &e);
  if (came == 0) return tl_push_error(L, TL_E_CLOSING);
  if (came < 0 && strcmp(e.code, "EAGAIN") == 0) return tl_push_error(L, TL_E_AGAIN);
  if (came < 0) return tl_push_io_error(L, &e);
  if (lua_isnoneornil(L, 6)) {
    lua_pushlstring(L, (const char *)bytes, (size_t)came);
  } else {
    tl_gather_spans(L, 6, (const tl_span[2]){{bytes, (uint32_t)came}, {NULL, 0}}, (size_t)came);
    lua_pushinteger(L, came);
  }
  lua_pushboolean(L, found);
  return 2;
}

static int socket_readable(lua_State *L) {
  lua_pushinteger(L, tl_socket_waiting(check_socket(L)).unread);
  return 1;
}

/* queues(network, host, ref) -> bytes unread, unacknowledged or unsent, unsent */
static int socket_queues(lua_State *L) {
  tl_socket_queues waiting = tl_socket_waiting(check_socket(L));
  lua_pushinteger(L, waiting.unread);
  lua_pushinteger(L, waiting.unacknowledged);
  lua_pushinteger(L, waiting.unsent);
  return 3;
}

/* ---- waiting ---- */

/* await(network, host, ref, "reading" | "writing", bytes): it is told by ready, once. 0: nobody waits any more. */
static int socket_await(lua_State *L) {
  static const char *const sides[] = {"reading", "writing", NULL};
  static const tl_socket_event events[] = {TL_SOCKET_READABLE, TL_SOCKET_WRITABLE};
  tl_socket *s = check_socket(L);
  tl_socket_event event = events[luaL_checkoption(L, 4, NULL, sides)];
  tl_socket_await(s, event, luaL_checkinteger(L, 5) > 0);
  return 0;
}

/* ready(network) -> the next socket of which something awaited has come; nil: none */
static int socket_ready(lua_State *L) {
  tl_socket *s = tl_socket_next_ready(check_io(L));
  if (!s) return 0;
  lua_pushinteger(L, tl_socket_fd(s));
  return 1;
}

/* ---- ending ---- */

/* shutdown(network, host, ref, "receive" | "send" | "both") */
static int socket_shutdown(lua_State *L) {
  static const char *const ways[] = {"receive", "send", "both", NULL};
  tl_socket *s = check_socket(L);
  tl_io_error e = {"EIO", ""};
  return push_done(L, tl_socket_shutdown(s, (tl_socket_way)luaL_checkoption(L, 4, NULL, ways), &e), &e);
}

static int socket_close(lua_State *L) {
  tl_socket_close(check_socket(L), false);
  return 0;
}

static int socket_abort(lua_State *L) {
  tl_socket_close(check_socket(L), true);
  return 0;
}

/* ---- looking ---- */

static void push_end(lua_State *L, const tl_socket_end *end) {
  if (end->port)
    lua_pushstring(L, end->address);
  else
    lua_pushnil(L);
  lua_pushinteger(L, end->port);
}

/* ends(network, host, ref) -> address | nil, port, peer's address | nil, port */
static int socket_ends(lua_State *L) {
  tl_socket *s = check_socket(L);
  tl_socket_end own = tl_socket_own_end(s), peer = tl_socket_peer(s);
  push_end(L, &own);
  push_end(L, &peer);
  return 4;
}

/* info(network, host, ref) -> TCP_INFO by the kernel's names without their tcpi_ */
static int socket_info(lua_State *L) {
  tl_socket *s = check_socket(L);
  tl_tcp_info info;
  tl_io_error e = {"EIO", ""};
  if (!tl_tcp_info_read(s, &info, &e)) return tl_push_io_error(L, &e);
  lua_newtable(L);
  uint64_t value = 0;
  bool there = false;
  const char *name;
  for (size_t i = 0; (name = tl_tcp_info_field(&info, i, &value, &there)); i++) {
    if (!there) continue;
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, name);
  }
  return 1;
}

/* ---- options ---- */

static const tl_socket_option *check_option(lua_State *L) {
  const char *name = luaL_checkstring(L, 4);
  const tl_socket_option *o = tl_socket_option_find(name);
  if (!o) luaL_error(L, "no socket option %s", name);
  return o;
}

/* set_option(network, host, ref, name, number | text) */
static int socket_set_option(lua_State *L) {
  tl_socket *s = check_socket(L);
  const tl_socket_option *o = check_option(L);
  tl_socket_option_value v = {0, ""};
  if (o->kind == TL_OPTION_TEXT) {
    size_t size;
    const char *text = luaL_checklstring(L, 5, &size);
    luaL_argcheck(L, size < sizeof v.text, 5, "too long");
    memcpy(v.text, text, size);
  } else {
    v.number = (int)luaL_checkinteger(L, 5);
  }
  tl_io_error e = {"EIO", ""};
  return push_done(L, tl_socket_option_set(s, o, &v, &e), &e);
}

/* get_option(network, host, ref, name) -> number | text */
static int socket_get_option(lua_State *L) {
  tl_socket *s = check_socket(L);
  const tl_socket_option *o = check_option(L);
  tl_socket_option_value v;
  tl_io_error e = {"EIO", ""};
  if (!tl_socket_option_get(s, o, &v, &e)) return tl_push_io_error(L, &e);
  if (o->kind == TL_OPTION_TEXT)
    lua_pushstring(L, v.text);
  else
    lua_pushinteger(L, v.number);
  return 1;
}

/* options() -> { name = "number" | "text" | "linger" } */
static int socket_options(lua_State *L) {
  static const char *const kinds[] = {
      [TL_OPTION_NUMBER] = "number", [TL_OPTION_TEXT] = "text", [TL_OPTION_LINGER] = "linger"};
  const tl_socket_option *o;
  lua_newtable(L);
  for (size_t i = 0; (o = tl_socket_option_at(i)); i++) {
    lua_pushstring(L, kinds[o->kind]);
    lua_setfield(L, -2, o->name);
  }
  return 1;
}

void tl_open_socket(lua_State *L) {
  static const luaL_Reg functions[] = {{"open", socket_open},
                                       {"bind", socket_bind},
                                       {"connect", socket_connect},
                                       {"listen", socket_listen},
                                       {"accept", socket_accept},
                                       {"check", socket_check},
                                       {"send", socket_send},
                                       {"receive", socket_receive},
                                       {"readable", socket_readable},
                                       {"queues", socket_queues},
                                       {"await", socket_await},
                                       {"ready", socket_ready},
                                       {"shutdown", socket_shutdown},
                                       {"close", socket_close},
                                       {"abort", socket_abort},
                                       {"ends", socket_ends},
                                       {"info", socket_info},
                                       {"set_option", socket_set_option},
                                       {"get_option", socket_get_option},
                                       {"options", socket_options},
                                       {NULL, NULL}};
  luaL_newlib(L, functions);
  lua_setfield(L, -2, "kernel");
}

#else

/* The kernel's end is Linux's, as TUN devices are. */
void tl_open_socket(lua_State *L) { (void)L; }

#endif
