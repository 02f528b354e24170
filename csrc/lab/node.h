/* SPDX-License-Identifier: MIT */
/* A node: a host's place in the network, a switch or an edge. */
#ifndef TL_NODE_H
#define TL_NODE_H

#include "world.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

tl_node *tl_node_new(tl_lab *lab, const char *name, tl_node_kind kind); /* NULL: out of memory */
void tl_node_add(tl_lab *lab, tl_node *n);                              /* into the network; there is room */
void tl_node_free(tl_lab *lab, tl_node *n);                             /* its host, if any, is free already */

#pragma GCC visibility pop

#endif
