/* SPDX-License-Identifier: MIT */
/* Answers of the functions of tcplab.core. */
#ifndef TL_ANSWER_H
#define TL_ANSWER_H

#include "binding.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

int tl_push_error(lua_State *L, tl_error e);  /* nil, message, code */
int tl_push_result(lua_State *L, tl_error e); /* true, or an error */

void tl_push_address(lua_State *L, const tl_address *a); /* as text; nil when unspecified */
void tl_push_cookies(lua_State *L, const tl_cookie_counters *c);

#pragma GCC visibility pop

#endif
