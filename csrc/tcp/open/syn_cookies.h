/* SPDX-License-Identifier: MIT */
/* SYN cookies given out and taken back. */
#ifndef TL_OPEN_SYN_COOKIES_H
#define TL_OPEN_SYN_COOKIES_H

#include "../record/listener.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

bool tl_syn_cookies_are_out(const tl_stack *s, const tl_listener *l); /* an ACK could bring one back still */
tl_reason tl_syn_cookie_send(tl_stack *s, tl_listener *l, const tl_segment *syn);
tl_reason tl_syn_cookie_take(tl_stack *s, tl_listener *l, const tl_segment *ack, tl_ref *conn);
bool tl_syn_cookie_returns(const tl_stack *s, const tl_listener *l, const tl_segment *ack); /* a good one */

#pragma GCC visibility pop

#endif
