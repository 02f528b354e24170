/* SPDX-License-Identifier: MIT */
/* The binding's shared names. The C module tcplab.core is private: one userdata per network, everything in it named
 * by integers (hosts, links, connection references), which the core checks. Objects, sugar and errors' form are made in
 * lua/tcplab.
 *
 * Lua is entered from C in one place, tl_callback, and always protected: a lab is never left by a longjmp. */
#ifndef TL_BINDING_H
#define TL_BINDING_H

#include <lauxlib.h>
#include <lua.h>

#include "../lab/lab.h"
#include "../tcp/wire/wire.h"

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
  bool pause;     /* a callback left something to be done when the event is over: a run stops there */
  tl_policy_owner *owners;
  bool (*edge)(void *context, uint32_t edge, const uint8_t *bytes, size_t size); /* set by a real network */
  void *edge_context;
} tl_network;

/* network.c: the network at arg; raises when it is no network or is closed. */
tl_network *tl_check_network(lua_State *L, int arg);

/* network.c: the same for a call that changes the network; raises inside a policy. */
tl_network *tl_check_change(lua_State *L, int arg);

/* network.c: call before and after every call into the lab that may run callbacks; leave raises what a callback raised.
 */
void tl_enter(lua_State *L, tl_network *n);
void tl_leave(lua_State *L, tl_network *n);

/* network.c: calls a Lua function of the callbacks table, protected; where function is NULL, one that push pushes. push
   (which may raise) pushes the arguments and says how many; take (which may raise) reads the one result at the top of
   the stack, or more if results is larger. False: it failed, or there is no such function; the built-in rule is to be
   used. */
typedef struct tl_call {
  const char *function;
  int (*push)(lua_State *L, void *data);
  void (*take)(lua_State *L, void *data);
  int results;
  void *data;
} tl_call;
bool tl_callback(tl_network *n, const tl_call *call);

/* network.c: names the congestion control that the failure just met is to be blamed on: the value on top, which is
   popped. Allocates nothing. */
void tl_blame(tl_network *n);

/* congestion.c: the policy of connections whose control is a script; context is their tl_policy_owner. */
bool tl_decide_congestion(void *context, tl_ref conn, tl_cc_hook hook, tl_congestion *c, const tl_sample *s);
void tl_congestion_tables(lua_State *L, tl_network *n);

/* link.c, host.c: the lab's and the stacks' callbacks, which call Lua. */
tl_verdict tl_call_filter(void *network, uint64_t filter, const tl_transit *packet, tl_treatment *treatment);
bool tl_call_match(void *network, uint64_t fault, const tl_transit *packet);

/* network.c: nil, message, code. */
int tl_push_error(lua_State *L, tl_error e);

/* network.c: true, or nil, message, code. */
int tl_push_result(lua_State *L, tl_error e);

/* host.c: the stack of the host whose id stands at arg; raises when there is no such host. */
tl_stack *tl_check_host(lua_State *L, tl_network *n, int arg, uint32_t *host);

/* host.c: the address at arg as text; raises when it is none. Absent: unspecified. */
tl_address tl_check_address(lua_State *L, int arg);
tl_prefix tl_check_prefix(lua_State *L, int arg);

/* tunables.c: the list of values at arg over those in *t; nothing when it is absent. */
void tl_read_tunables(lua_State *L, int arg, tl_tunables *t);
void tl_push_tunables(lua_State *L, const tl_tunables *t);

/* A 32-bit id at arg. */
uint32_t tl_check_id(lua_State *L, int arg);

/* host.c: pushes an address as text; nil when unspecified. */
void tl_push_address(lua_State *L, const tl_address *a);
void tl_push_cookies(lua_State *L, const tl_cookie_counters *c);

/* segment.c: a new table with the fields of a segment value, for a packet that parses,
   or whose TCP checksum alone is wrong (a corrupted one can be shown too); else pushes nil. Returns what parse says. */
tl_reason tl_push_segment(lua_State *L, const uint8_t *bytes, size_t size);

/* notice.c: what only the sender and the lab know of a segment; and pushing a packet that may be damaged. Pushes nil
 * for what is no TCP segment. */
typedef struct tl_annotation {
  bool retransmission, probe, has_seq_base, has_ack_base;
  uint32_t seq_base, ack_base;
} tl_annotation;
tl_reason tl_push_packet(lua_State *L, const uint8_t *bytes, size_t size, const tl_annotation *annotation);
tl_annotation tl_annotation_of(const tl_sent *sent);

/* Each adds its functions to the module table on top of the stack. */
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
void tl_open_segment(lua_State *L);
void tl_open_tun(lua_State *L);

#pragma GCC visibility pop

#endif
