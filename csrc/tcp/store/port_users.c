/* SPDX-License-Identifier: MIT */
#include "port_users.h"

#include <string.h>

enum { BYTES = TL_PORT_PAGE * sizeof(uint32_t) };

bool tl_port_users_reserve(tl_port_users *u, tl_memory *m, uint16_t port) {
  uint32_t **page = &u->page[port / TL_PORT_PAGE];
  if (*page) return true;
  *page = tl_memory_new(m, BYTES);
  if (*page) memset(*page, 0, BYTES);
  return *page != NULL;
}

uint32_t tl_port_users_newest(const tl_port_users *u, uint16_t port) {
  const uint32_t *page = u->page[port / TL_PORT_PAGE];
  return page ? page[port % TL_PORT_PAGE] : 0;
}

void tl_port_users_set_newest(tl_port_users *u, uint16_t port, uint32_t user) {
  u->page[port / TL_PORT_PAGE][port % TL_PORT_PAGE] = user;
}

void tl_port_users_free(tl_port_users *u, tl_memory *m) {
  for (uint32_t i = 0; i < TL_PORT_PAGES; i++) tl_memory_free(m, u->page[i], BYTES);
  *u = (tl_port_users){{0}};
}
