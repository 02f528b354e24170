/* SPDX-License-Identifier: MIT */
/* The one way from C into Lua, always protected: a lab is never left by a longjmp. */
#ifndef TL_CALLBACK_H
#define TL_CALLBACK_H

#include "binding.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* Before and after every call into the lab that may run callbacks; leave raises what a callback raised. */
void tl_enter(lua_State *L, tl_network *n);
void tl_leave(lua_State *L, tl_network *n);

/* Calls a Lua function of the callbacks table, protected; where function is NULL, one that push pushes. push
   (which may raise) pushes the arguments and says how many; take (which may raise) reads the one result at the top of
   the stack, or more if results is larger. False: it failed, or there is no such function; the built-in rule is to be
   used. */
typedef struct tl_call {
  const char *function;
  const char *what; /* who decides: what it is, and its number; a filter's or fault's, else its host's */
  uint64_t who;
  int (*push)(lua_State *L, void *data);
  void (*take)(lua_State *L, void *data);
  int results;
  void *data;
} tl_call;
bool tl_callback(tl_network *n, const tl_call *call);

/* Names the congestion control that the failure just met is to be blamed on: the value on top, which is
   popped. Allocates nothing. */
void tl_blame(tl_network *n);

/* Slots of the callbacks table, made in advance so that filling them allocates nothing. */
enum {
  TL_SLOT_FAILURE = 1, /* the first error */
  TL_SLOT_BLAMED,      /* the control that it is to be blamed on */
  TL_SLOT_BYTES,       /* a filter's new bytes, alive until the lab has copied them */
  TL_SLOTS = TL_SLOT_BYTES
};
void tl_callback_slots(lua_State *L, int callbacks); /* of the table at the index */

/* A message handler: strings get the traceback appended; other values, such as busted's failures, stay what they are.
 */
int tl_with_traceback(lua_State *L);

#pragma GCC visibility pop

#endif
