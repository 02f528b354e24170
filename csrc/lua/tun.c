/* SPDX-License-Identifier: MIT */
/* A network's door to the kernel: a TUN device at one of its edges. What reaches the edge is written to the device;
 * what the device brings is injected there; the lab runs up to the time that the device's clock shows. */
#include "../io/socket.h"
#include "../tcp/wire/minmax.h"
#include "argument.h"
#include "callback.h"
#include "io_error.h"

#define TUN_TYPE "tcplab.core.tun"

enum { BATCH = 16, LARGEST_PACKET = 65536 };

/* An alarm beyond any script's time, which never rings, so that the lab is never idle and its clock follows the
 * device's. */
#define FAR (TL_NEVER / 2)

typedef struct tun {
  tl_io *io;
  tl_tun *device;
  tl_network *network; /* kept alive as the userdata's user value; NULL once closed */
  uint32_t edge;
  uint8_t packet[LARGEST_PACKET];
} tun;

static tun *check_any_tun(lua_State *L, int arg) { return luaL_checkudata(L, arg, TUN_TYPE); }

static tun *check_tun(lua_State *L, int arg) {
  tun *t = check_any_tun(L, arg);
  if (!t->io) luaL_argerror(L, arg, "the device is closed");
  return t;
}

static bool write_packet(void *context, uint32_t edge, const uint8_t *bytes, size_t size) {
  tun *t = context;
  return edge == t->edge && t->device && tl_tun_write(t->device, bytes, size);
}

static void close_tun(tun *t) {
  if (t->network && t->network->edge_context == t) {
    t->network->edge = NULL;
    t->network->edge_context = NULL;
    t->network->io = NULL;
  }
  t->network = NULL;
  t->device = NULL;
  tl_io_free(t->io); /* and with it the device */
  t->io = NULL;
}

/* ---- opening ---- */

static const char *text_field(lua_State *L, int table, const char *name) {
  lua_getfield(L, table, name); /* stays on the stack: the text lives as long as the call */
  return luaL_optstring(L, -1, NULL);
}

static uint32_t count_field(lua_State *L, int table, const char *name) {
  lua_getfield(L, table, name);
  lua_Integer value = luaL_optinteger(L, -1, 0);
  if (value < 0 || value > UINT32_MAX) luaL_error(L, "%s: out of range", name);
  lua_pop(L, 1);
  return (uint32_t)value;
}

static tun *new_tun(lua_State *L, int network_arg, tl_network *n, uint32_t edge) {
  tun *t = lua_newuserdatauv(L, sizeof *t, 1);
  t->io = NULL;
  t->device = NULL;
  t->network = n;
  t->edge = edge;
  luaL_setmetatable(L, TUN_TYPE);
  lua_pushvalue(L, network_arg);
  lua_setiuservalue(L, -2, 1);
  return t;
}

/* tun_open(network, edge, { address =, address6 =, name =, mtu =, queue = }) -> tun | nil, message, code */
static int tun_open(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  uint32_t edge = tl_check_id(L, 2);
  luaL_checktype(L, 3, LUA_TTABLE);
  lua_settop(L, 3);
  if (n->edge) return luaL_error(L, "this network has a device already");
  tl_tun_options o = {.mtu = count_field(L, 3, "mtu"), .queue = count_field(L, 3, "queue")};
  o.address = text_field(L, 3, "address");
  o.address6 = text_field(L, 3, "address6");
  o.name = text_field(L, 3, "name");
  tun *t = new_tun(L, 1, n, edge);
  tl_io_error e = {"EIO", ""};
  t->io = tl_io_new(&e);
  if (!t->io) return tl_push_io_error(L, &e);
  t->device = tl_tun_open(t->io, &o, &e);
  if (!t->device) {
    close_tun(t);
    return tl_push_io_error(L, &e);
  }
  n->edge = write_packet;
  n->edge_context = t;
  n->io = t->io;
  if (tl_lab_alarm(n->lab, FAR) == 0) return luaL_error(L, "not enough memory");
  return 1;
}

static int tun_close(lua_State *L) {
  tun *t = check_any_tun(L, 1);
  if (t->network && t->network->depth > 0) return tl_misuse(L, "a policy or filter must not close the device");
  if (t->io) close_tun(t);
  return 0;
}

static int tun_gc(lua_State *L) {
  tun *t = check_any_tun(L, 1);
  if (t->io) close_tun(t);
  return 0;
}

static int tun_tostring(lua_State *L) {
  tun *t = check_any_tun(L, 1);
  lua_pushfstring(L, "tun (%s)", t->device ? tl_tun_name(t->device) : "closed");
  return 1;
}

/* ---- looking ---- */

static int tun_name(lua_State *L) {
  lua_pushstring(L, tl_tun_name(check_tun(L, 1)->device));
  return 1;
}

static int tun_fd(lua_State *L) {
  lua_pushinteger(L, tl_io_fd(check_tun(L, 1)->io));
  return 1;
}

/* tun_clock(tun) -> ns since it was opened */
static int tun_clock(lua_State *L) {
  lua_pushinteger(L, tl_io_clock(check_tun(L, 1)->io));
  return 1;
}

/* ---- running ---- */

typedef enum pumped { GOES_ON, NOTICE, READY, TIME, SLICE, INTERRUPTED, BROKEN } pumped;
static const char *const pumped_name[] = {"", "notice", "ready", "time", "slice", "interrupted", "broken"};

/* The clock never runs backwards, and a script may have run the lab a little ahead of it. */
static tl_time present(const tun *t) { return max_time(tl_io_clock(t->io), tl_lab_now(t->network->lab)); }

/* Events run one at a time where Lua functions are in the way, so that the failure of one stops the run there. */
static pumped catch_up(tun *t, tl_time until, uint64_t events) {
  tl_network *n = t->network;
  tl_time when = min_time(present(t), until);
  uint64_t step = n->calls_lua ? 1 : events;
  for (uint64_t done = 0; done < events; done += step) {
    if (n->failed || n->pause) return NOTICE;
    tl_run why = tl_lab_run(n->lab, when, step);
    if (why == TL_RUN_NOTICE) return NOTICE;
    if (why != TL_RUN_SLICE) return GOES_ON;
  }
  return SLICE;
}

/* The kernel greets a new device with multicast of its own (router solicitations, MLD), which is nobody's here. */
static bool is_group(const uint8_t *packet, size_t size) {
  if (size < 20) return false;
  return packet[0] >> 4 == 4 ? packet[16] >= 224 : packet[0] >> 4 == 6 && size >= 40 && packet[24] == 0xff;
}

/* Brings in what the device has, a batch at most; how many, or -1. */
static int bring_in(tun *t, tl_io_error *e) {
  int count = 0;
  for (; count < BATCH && !t->network->failed && !t->network->pause; count++) {
    long size = tl_tun_read(t->device, t->packet, sizeof t->packet, e);
    if (size < 0) return -1;
    if (size == 0) return count;
    if (is_group(t->packet, (size_t)size)) continue;
    tl_lab_inject(t->network->lab, t->edge, t->packet, (size_t)size, NULL);
  }
  return count;
}

static pumped await(tun *t, tl_time until) {
  tl_time due = min_time(tl_lab_deadline(t->network->lab), until), now = tl_io_clock(t->io);
  tl_time left = due >= FAR ? -1 : due > now ? due - now : 0;
  return tl_io_wait(t->io, left) ? GOES_ON : INTERRUPTED;
}

static bool any_socket_ready(const tun *t) {
#ifdef __linux__
  return tl_socket_any_ready(t->io);
#else
  return (void)t, false;
#endif
}

static pumped pump(tun *t, tl_time until, uint64_t events, tl_io_error *e) {
  for (bool late = false;; late = late || tl_io_clock(t->io) >= until) {
    pumped p = catch_up(t, until, events);
    if (p != GOES_ON) return p;
    if (late) return TIME;
    int count = bring_in(t, e);
    if (count < 0) return BROKEN;
    if (any_socket_ready(t)) return READY;
    if (count > 0) continue;
    if (tl_io_clock(t->io) >= until) return TIME;
    p = await(t, until);
    if (p != GOES_ON) return p;
  }
}

static tun *check_running(lua_State *L) {
  tun *t = check_tun(L, 1);
  if (!t->network->lab) luaL_argerror(L, 1, "the network is closed");
  return t;
}

/* tun_pump(tun, until | nil, events) -> "notice" | "ready" | "time" | "slice" | "interrupted" | nil, message, code
   Runs the network along the device's clock: until a notice is queued, until what was awaited of a socket has come,
   until that time (ns; nil: for ever), until so many events have run, or until SIGINT. A time that is past does all
   that is due, and does not wait. */
static int tun_pump(lua_State *L) {
  tun *t = check_running(L);
  tl_time until = luaL_optinteger(L, 2, TL_NEVER);
  lua_Integer events = luaL_checkinteger(L, 3);
  luaL_argcheck(L, events > 0, 3, "must be positive");
  tl_network *n = t->network;
  if (n->depth > 0) return tl_misuse(L, "a policy, filter or match function must not wait");
  tl_io_error e = {"EIO", ""};
  tl_enter(L, n);
  pumped p = pump(t, until, (uint64_t)events, &e);
  tl_leave(L, n);
  if (p == BROKEN) return tl_push_io_error(L, &e);
  lua_pushstring(L, pumped_name[p]);
  return 1;
}

enum { CATCH_UP = 1 << 16 };

/* tun_catch_up(tun): lets the network's own time come up to the device's clock, or to the first notice on the way.
 * Nothing inside a policy. */
static int tun_catch_up(lua_State *L) {
  tun *t = check_running(L);
  tl_network *n = t->network;
  if (n->depth > 0) return 0;
  tl_enter(L, n);
  catch_up(t, TL_NEVER, CATCH_UP);
  tl_leave(L, n);
  return 0;
}

void tl_open_tun(lua_State *L) {
  static const luaL_Reg methods[] = {{"__gc", tun_gc}, {"__close", tun_gc}, {"__tostring", tun_tostring}, {NULL, NULL}};
  static const luaL_Reg functions[] = {
      {"tun_open", tun_open},   {"tun_close", tun_close}, {"tun_name", tun_name},         {"tun_fd", tun_fd},
      {"tun_clock", tun_clock}, {"tun_pump", tun_pump},   {"tun_catch_up", tun_catch_up}, {NULL, NULL}};
  luaL_newmetatable(L, TUN_TYPE);
  luaL_setfuncs(L, methods, 0);
  lua_pop(L, 1);
  luaL_setfuncs(L, functions, 0);
}
