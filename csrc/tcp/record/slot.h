/* SPDX-License-Identifier: MIT */
#ifndef TL_RECORD_SLOT_H
#define TL_RECORD_SLOT_H

#include "records.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

uint32_t tl_slot_of(const tl_stack *s, tl_ref ref); /* TL_NONE: stale */
tl_ref tl_ref_of(const tl_stack *s, uint32_t slot);
uint32_t tl_slot_take(tl_stack *s, tl_record kind, uint32_t record); /* TL_NONE: the limit, or no memory */
void tl_slot_give(tl_stack *s, uint32_t slot);

#pragma GCC visibility pop

#endif
