/* SPDX-License-Identifier: MIT */
/* A kernel as a program: started, with this process run anew inside of it, and what is done inside. */
#include "../io/uml/uml.h"
#include "../io/uml/check.h"
#include "../io/uml/guest.h"
#include "../io/uml/here.h"
#include "binding.h"
#include "field.h"
#include "io_error.h"

#pragma GCC visibility push(hidden)

static int push_result(lua_State *L, bool done, const tl_io_error *e) {
  if (!done) return tl_push_io_error(L, e);
  lua_pushboolean(L, true);
  return 1;
}

static const char *text_field(lua_State *L, const char *name) {
  lua_getfield(L, 1, name);
  return lua_isnil(L, -1) ? NULL : luaL_checkstring(L, -1);
}

static bool flag_field(lua_State *L, const char *name) {
  lua_getfield(L, 1, name);
  return lua_toboolean(L, -1);
}

/* A list of texts, then NULL. What is read from the table at 1 stays on the stack. */
static char *const *list_field(lua_State *L, const char *name) {
  lua_getfield(L, 1, name);
  luaL_checktype(L, -1, LUA_TTABLE);
  int list = lua_gettop(L);
  size_t count = (size_t)lua_rawlen(L, list);
  const char **texts = lua_newuserdatauv(L, (count + 1) * sizeof *texts, 0);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, list, (lua_Integer)i + 1);
    texts[i] = luaL_checkstring(L, -1);
    lua_pop(L, 1);
  }
  texts[count] = NULL;
  return (char *const *)texts;
}

/* ---- outside ---- */

/* uml_may_trace() -> true | nil, message, code */
static int uml_may_trace(lua_State *L) {
  tl_io_error e = {"EIO", ""};
  return push_result(L, tl_uml_may_trace(&e), &e);
}

/* uml_may_map(folder, bytes) -> true | nil, message, code */
static int uml_may_map(lua_State *L) {
  tl_io_error e = {"EIO", ""};
  return push_result(L, tl_uml_may_map(luaL_checkstring(L, 1), luaL_checkinteger(L, 2), &e), &e);
}

/* uml_here() -> what this process is | nil, message, code */
static int uml_here(lua_State *L) {
  tl_io_error e = {"EIO", ""};
  tl_here h;
  if (!tl_here_read(&h, &e)) return tl_push_io_error(L, &e);
  lua_newtable(L);
  tl_set_string(L, "program", h.program);
  tl_set_string(L, "folder", h.folder);
  tl_set_string(L, "input", h.input[0] ? h.input : NULL);
  tl_set_integer(L, "offset", h.offset);
  tl_set_boolean(L, "apart", h.apart);
  tl_set_integer(L, "files", h.files);
  tl_set_integer(L, "mask", h.mask);
  return 1;
}

static void push_end(lua_State *L, const tl_uml_end *end) {
  lua_newtable(L);
  if (end->code >= 0) tl_set_integer(L, "code", end->code);
  if (end->interrupted) tl_set_integer(L, "interrupted", end->interrupted);
  tl_set_string(L, "console", end->console);
}

/* uml_run { image, base, interpreter, init, arguments, environment, relay, apart } -> { code, interrupted, console } |
 * nil, message, code */
static int uml_run(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  tl_io_error e = {"EIO", ""};
  tl_uml_end end = {.code = -1};
  tl_uml u = {.program = {.path = text_field(L, "image"), .base = text_field(L, "base")}};
  u.program.interpreter = text_field(L, "interpreter");
  u.program.init = text_field(L, "init");
  u.program.arguments = list_field(L, "arguments");
  u.program.environment = list_field(L, "environment");
  u.relay = flag_field(L, "relay");
  u.apart = flag_field(L, "apart");
  luaL_argcheck(L, u.program.path && u.program.base && u.program.interpreter && u.program.init, 1,
                "a kernel's program expected");
  if (!tl_uml_run(&u, &end, &e)) return tl_push_io_error(L, &e);
  push_end(L, &end);
  return 1;
}

/* ---- inside ---- */

/* guest_settle() -> true | nil, message, code */
static int guest_settle(lua_State *L) {
  tl_io_error e = {"EIO", ""};
  return push_result(L, tl_guest_settle(&e), &e);
}

/* guest_run { program, arguments, environment, folder, input, offset, output, errors, files, mask } -> exit code | nil,
 * message, code */
static int guest_run(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  tl_io_error e = {"EIO", ""};
  int code = 0;
  tl_guest g = {.program = text_field(L, "program"), .arguments = list_field(L, "arguments")};
  g.environment = list_field(L, "environment");
  g.folder = text_field(L, "folder");
  g.input = text_field(L, "input");
  g.output = text_field(L, "output");
  g.errors = text_field(L, "errors");
  g.offset = tl_need_integer(L, 1, "", "offset", INT64_MAX);
  g.files = tl_need_integer(L, 1, "", "files", INT32_MAX);
  g.mask = (unsigned)tl_need_integer(L, 1, "", "mask", 0777);
  luaL_argcheck(L, g.program && g.folder && g.output && g.errors, 1, "a program, a folder and its output expected");
  if (!tl_guest_run(&g, &code, &e)) return tl_push_io_error(L, &e);
  lua_pushinteger(L, code);
  return 1;
}

static int guest_end(lua_State *L) {
  (void)L;
  tl_guest_end();
  return 0;
}

void tl_open_uml(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"uml_may_trace", uml_may_trace}, {"uml_may_map", uml_may_map}, {"uml_here", uml_here},   {"uml_run", uml_run},
      {"guest_settle", guest_settle},   {"guest_run", guest_run},     {"guest_end", guest_end}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
