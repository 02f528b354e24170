/* SPDX-License-Identifier: MIT */
/* Text that came before its turn. */
#ifndef TL_RECORD_REASSEMBLY_H
#define TL_RECORD_REASSEMBLY_H

#include "extra.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_hold_text(tl_stack *s, tl_tcb *t, const tl_segment *syn); /* text and FIN of a SYN, for later */
void tl_release_held(tl_stack *s, tl_tcb *t, tl_state found); /* what became in order: delivered, the FIN acted on */

/* What of a SYN is the user's at once: its text. Its FIN waits for ESTABLISHED. */
void tl_take_early_text(tl_stack *s, tl_tcb *t, const tl_segment *syn);

#pragma GCC visibility pop

#endif
