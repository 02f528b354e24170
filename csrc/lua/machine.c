/* SPDX-License-Identifier: MIT */
/* The transition table and the reasons of refusals as Lua rows; a host's overrides and coverage. */
#include "argument.h"
#include "field.h"

#pragma GCC visibility push(hidden)

static tl_state check_state(lua_State *L, int arg) {
  tl_state state = tl_state_by_name(luaL_checkstring(L, arg));
  if (state == TL_STATES) luaL_argerror(L, arg, lua_pushfstring(L, "no such state '%s'", lua_tostring(L, arg)));
  return state;
}

static tl_cell check_event(lua_State *L, int arg) {
  tl_cell event = tl_cell_by_name(luaL_checkstring(L, arg));
  if (event == TL_CELLS) luaL_argerror(L, arg, lua_pushfstring(L, "no such event '%s'", lua_tostring(L, arg)));
  return event;
}

static tl_machine *check_machine(lua_State *L, tl_network *n) {
  uint32_t host;
  return tl_stack_machine(tl_check_host(L, n, 2, &host));
}

/* transitions(): the rows by state, then event: { state =, event =, next =, otherwise =, occurs =, section = }. */
static int transitions(lua_State *L) {
  lua_createtable(L, TL_STATES * TL_CELLS, 0);
  for (int i = 0; i < TL_STATES * TL_CELLS; i++) {
    const tl_transition *row = &tl_transitions[i];
    lua_createtable(L, 0, 6);
    tl_set_string(L, "state", tl_state_name((tl_state)row->state));
    tl_set_string(L, "event", tl_cell_name((tl_cell)row->event));
    tl_set_string(L, "next", tl_state_name((tl_state)row->next));
    tl_set_string(L, "otherwise", tl_state_name((tl_state)row->otherwise));
    tl_set_string(L, "section", row->section);
    lua_pushboolean(L, row->occurs);
    lua_setfield(L, -2, "occurs");
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* The names in order: states(), events(). */
static int states(lua_State *L) {
  lua_newtable(L);
  for (int state = 0; state < TL_STATES; state++) {
    lua_pushstring(L, tl_state_name((tl_state)state));
    lua_rawseti(L, -2, state + 1);
  }
  return 1;
}

static int events(lua_State *L) {
  lua_newtable(L);
  for (int event = 0; event < TL_CELLS; event++) {
    lua_pushstring(L, tl_cell_name((tl_cell)event));
    lua_rawseti(L, -2, event + 1);
  }
  return 1;
}

/* override(network, host, state, event, next): next nil takes the override back. */
static int override(lua_State *L) {
  tl_state state = check_state(L, 3), next = lua_isnoneornil(L, 5) ? TL_STATES : check_state(L, 5);
  tl_cell event = check_event(L, 4);
  check_machine(L, tl_check_change(L, 1))->override[state][event] = (uint8_t)next;
  return 0;
}

/* clear_overrides(network, host) */
static int clear_overrides(lua_State *L) {
  tl_machine *m = check_machine(L, tl_check_change(L, 1));
  for (int state = 0; state < TL_STATES; state++)
    for (int event = 0; event < TL_CELLS; event++) m->override[state][event] = TL_STATES;
  return 0;
}

/* cell_count(network, host, state, event): how often that cell ran. */
static int cell_count(lua_State *L) {
  tl_state state = check_state(L, 3);
  tl_cell event = check_event(L, 4);
  lua_pushinteger(L, (lua_Integer)check_machine(L, tl_check_network(L, 1))->count[state][event]);
  return 1;
}

/* reasons(): why a host refuses a packet, { name =, doc = } each. */
static int reasons(lua_State *L) {
  lua_newtable(L);
  for (int reason = TL_ACCEPTED + 1; reason < TL_REASONS; reason++) {
    lua_createtable(L, 0, 2);
    tl_set_string(L, "name", tl_reason_name((tl_reason)reason));
    tl_set_string(L, "doc", tl_reason_text((tl_reason)reason));
    lua_rawseti(L, -2, reason);
  }
  return 1;
}

/* error_codes(): what a connection's error may be called. */
static int error_codes(lua_State *L) {
  lua_newtable(L);
  for (int error = TL_OK + 1; error < TL_ERRORS; error++) {
    lua_pushstring(L, tl_error_code((tl_error)error));
    lua_rawseti(L, -2, error);
  }
  return 1;
}

/* ---- open ---- */

void tl_open_machine(lua_State *L) {
  static const luaL_Reg functions[] = {{"transitions", transitions},
                                       {"states", states},
                                       {"events", events},
                                       {"override", override},
                                       {"clear_overrides", clear_overrides},
                                       {"cell_count", cell_count},
                                       {"reasons", reasons},
                                       {"error_codes", error_codes},
                                       {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
