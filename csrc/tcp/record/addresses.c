/* SPDX-License-Identifier: MIT */
#include "addresses.h"

tl_error tl_stack_add_address(tl_stack *s, const tl_prefix *prefix) {
  if (tl_address_unspecified(&prefix->address) || tl_address_is_group(&prefix->address)) return TL_E_ADDRESS;
  tl_prefix *grown = tl_memory_grow(&s->memory, s->address, &s->addresses_room, sizeof *grown, s->addresses + 1);
  if (!grown) return TL_E_NO_MEMORY;
  s->address = grown;
  s->address[s->addresses++] = *prefix;
  return TL_OK;
}

bool tl_stack_owns(const tl_stack *s, const tl_address *address) {
  for (uint32_t i = 0; i < s->addresses; i++)
    if (tl_prefix_contains(&s->address[i], address)) return true;
  return false;
}

bool tl_route_to(tl_stack *s, const tl_address *remote, tl_path *path) {
  return s->config.route && s->config.route(s->config.context, remote, path);
}
