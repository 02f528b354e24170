/* SPDX-License-Identifier: MIT */
#ifndef TL_OPEN_PORT_H
#define TL_OPEN_PORT_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_ports_init(tl_ports *ports, const tl_secret *secret);
tl_error tl_choose_port(tl_stack *s, tl_open *ends); /* for the other three of its ends; its tunables say how */

#pragma GCC visibility pop

#endif
