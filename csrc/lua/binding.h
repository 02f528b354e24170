/* SPDX-License-Identifier: MIT */
/* The binding's shared names. The C module tcplab.core is private: one userdata per network, everything in it named
 * by integers (hosts, links, connection references), which the core checks. Objects, sugar and errors' form are made in
 * lua/tcplab. */
#ifndef TL_BINDING_H
#define TL_BINDING_H

#include <lauxlib.h>
#include <lua.h>

#include "../lab/lab.h"
#include "../tcp/wire/wire.h"
#include "hostile.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

#define TL_NETWORK "tcplab.core.network"

/* The owner of policies, with which they are called. */
typedef struct tl_policy_owner {
  struct tl_network *network;
  uint32_t host;
  struct tl_policy_owner *next;
} tl_policy_owner;

typedef struct tl_network {
  tl_lab *lab;     /* NULL once closed */
  lua_State *L;    /* the thread that entered the library; NULL between calls */
  int callbacks;   /* registry reference of the table of Lua functions (filter, match, isn, admit, rto, delay_ack) */
  int controls;    /* ... of the tables of congestion controls, by host (congestion.c) */
  int sample;      /* ... of the one table shown as sample */
  tl_sample shown; /* what stands in it, once sample_filled */
  bool sample_filled;
  struct { /* the connection asked for last: a bit 1 << tl_cc_hook for each function it has; host 0: none */
    uint32_t host, hooks;
    tl_ref conn;
  } scripted;
  bool failed;    /* a callback raised: the first error stands in callbacks[1] until tl_leave raises it */
  bool calls_lua; /* some filter, match function or policy is set: runs stop at the event in which one fails */
  int depth;      /* callbacks under way: calls that would change the network raise */
  struct {        /* the callback under way: tl_call's */
    const char *what;
    uint64_t who;
  } deciding;
  bool pause; /* a callback left something to be done when the event is over: a run stops there */
  tl_policy_owner *owners;
  bool (*edge)(void *context, uint32_t edge, const uint8_t *bytes, size_t size); /* set by a real network */
  void *edge_context;
  struct tl_io *io; /* its loop; NULL in a lab, and once the device is closed */
} tl_network;

/* Each adds its functions to the module table on top of the stack. */
void tl_open_argument(lua_State *L);
void tl_open_network(lua_State *L);
void tl_open_host(lua_State *L);
void tl_open_link(lua_State *L);
void tl_open_connection(lua_State *L);
void tl_open_receive(lua_State *L);
void tl_open_gather(lua_State *L);
void tl_open_listener(lua_State *L);
void tl_open_status(lua_State *L);
void tl_open_tcb(lua_State *L);
void tl_open_congestion(lua_State *L);
void tl_open_notice(lua_State *L);
void tl_open_machine(lua_State *L);
void tl_open_tunables(lua_State *L);
void tl_open_profile(lua_State *L);
void tl_open_kernel_names(lua_State *L);
void tl_open_segment(lua_State *L);
void tl_open_tun(lua_State *L);
void tl_open_socket(lua_State *L);
void tl_open_child(lua_State *L);
void tl_open_uml(lua_State *L);

#pragma GCC visibility pop

#endif
