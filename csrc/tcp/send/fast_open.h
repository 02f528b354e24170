/* SPDX-License-Identifier: MIT */
/* Fast Open on its way out (RFC 7413): cookies, the option that bears them, and text on our SYN. */
#ifndef TL_SEND_FAST_OPEN_H
#define TL_SEND_FAST_OPEN_H

#include "../record/tcb.h"
#include "../wire/wire.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_fast_open_cookie {
  uint8_t byte[TL_COOKIE_MAX], size; /* size 0: asks for one */
  bool experimental;                 /* in the form of RFC 6994, as before RFC 7413 */
} tl_fast_open_cookie;

/* False: there is no such option. */
bool tl_fast_open_cookie_in(const tl_stack *s, const tl_tcb *t, const tl_segment *seg, tl_fast_open_cookie *c);

/* Good for what is left of its period and for the next one; then, not fresh, it makes way for a new one. */
bool tl_fast_open_cookie_good(const tl_stack *s, const tl_tcb *t, const tl_fast_open_cookie *c, bool *fresh);

tl_fast_open_server *tl_fast_open_known(const tl_stack *s, const tl_tcb *t); /* NULL: nothing of this server */

/* RFC 7413 4.1.3: what a server of this MSS can take in one segment, and no more than is usual: a larger SYN may not
 * get through. */
uint32_t tl_fast_open_limit(const tl_address *server, uint16_t mss);

/* How much text our SYN is to carry, its options leaving so much room for a cookie. */
uint32_t tl_fast_open_text(const tl_stack *s, tl_tcb *t, uint32_t option_room);

/* The one that is due, of TL_COOKIE_MAX + 4 bytes at most. Returns its size; 0: none. */
uint32_t tl_fast_open_option(const tl_stack *s, const tl_tcb *t, uint8_t *option);

/* Our SYN was acknowledged, and our text up to ack. What else a SYN carried stands on no scoreboard: it is new text
 * again. */
void tl_fast_open_established(tl_tcb *t, uint32_t ack);

#pragma GCC visibility pop

#endif
