/* SPDX-License-Identifier: MIT */
/* The private C module: each object's file adds its functions to one table. */
#include "binding.h"

#pragma GCC visibility push(hidden)

__attribute__((visibility("default"))) int luaopen_tcplab_core(lua_State *L);

int luaopen_tcplab_core(lua_State *L) {
  luaL_checkversion(L);
#ifdef TL_HOSTILE
  tl_hostile_allocator(L);
#endif
  lua_newtable(L);
  tl_open_argument(L);
  tl_open_network(L);
  tl_open_host(L);
  tl_open_link(L);
  tl_open_connection(L);
  tl_open_receive(L);
  tl_open_gather(L);
  tl_open_listener(L);
  tl_open_status(L);
  tl_open_tcb(L);
  tl_open_congestion(L);
  tl_open_notice(L);
  tl_open_machine(L);
  tl_open_tunables(L);
  tl_open_profile(L);
  tl_open_kernel_names(L);
  tl_open_segment(L);
  tl_open_tun(L);
  tl_open_socket(L);
  tl_open_child(L);
  tl_open_uml(L);
  return 1;
}
