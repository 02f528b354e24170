/* SPDX-License-Identifier: MIT */
/* Pairs of sockets: who is bound to which, and found by it. */
#ifndef TL_RECORD_ENDS_H
#define TL_RECORD_ENDS_H

#include "records.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

bool tl_bind(tl_stack *s, uint32_t slot, const tl_address *local, uint16_t local_port, const tl_address *remote,
             uint16_t remote_port);
void tl_unbind(tl_stack *s, uint32_t slot);
bool tl_port_barred(const tl_stack *s, const tl_open *open); /* connections use its local port, and it does not share */

/* The slot bound to both ends; one in TIME-WAIT only when there is no other. */
uint32_t tl_find(tl_stack *s, const tl_address *local, uint16_t local_port, const tl_address *remote,
                 uint16_t remote_port);

uint32_t tl_find_time_wait(tl_stack *s, const tl_address *local, uint16_t local_port, const tl_address *remote,
                           uint16_t remote_port);
bool tl_in_time_wait(const tl_stack *s, uint32_t slot);
uint32_t tl_find_listening(tl_stack *s, const tl_segment *seg); /* whoever listens for it: the most specific */
uint32_t tl_find_for(tl_stack *s, const tl_segment *seg); /* the connection, or whoever listens; TL_NONE: nobody */

#pragma GCC visibility pop

#endif
