/* SPDX-License-Identifier: MIT */
/* A call's target: the connection or listener that its arguments network, host, reference mean. */
#ifndef TL_TARGET_H
#define TL_TARGET_H

#include "binding.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_target {
  tl_network *network;
  tl_stack *stack;
  uint32_t host;
  tl_ref ref;
  tl_time now;
} tl_target;

/* A host alone. */
tl_target tl_target_of_network(lua_State *L, tl_network *n);

/* The target of a call that only looks, and of one that changes the network; raise when there is none. */
tl_target tl_target_look(lua_State *L);
tl_target tl_target_change(lua_State *L);

/* Carries what the call made the stack say to the links; raises what a policy raised. */
void tl_target_settle(lua_State *L, const tl_target *t);

/* A held record in CLOSED answers too: for the protocol's user it does not exist, but it knows how it ended. */
tl_error tl_target_status(const tl_target *t, bool counted, tl_status *s);

#pragma GCC visibility pop

#endif
