/* SPDX-License-Identifier: MIT */
/* New text, and the FIN behind the last of it. */
#ifndef TL_NEW_TEXT_H
#define TL_NEW_TEXT_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

size_t tl_send_new(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent); /* as much as is worth it */
typedef enum tl_ending { TL_NO_FIN, TL_FIN_FOLLOWS } tl_ending; /* what stands behind a segment's text */
size_t tl_send_text(tl_stack *s, tl_tcb *t, uint32_t size, tl_ending fin, uint8_t *out, size_t room, tl_sent *sent);
void tl_sent_new(tl_stack *s, tl_tcb *t, uint32_t seq); /* [seq, SND.NXT) has left */
bool tl_held_close_goes_on(tl_stack *s, tl_tcb *t);

#pragma GCC visibility pop

#endif
