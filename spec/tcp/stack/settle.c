/* SPDX-License-Identifier: MIT */
/* A driver of its own, which lets go of a connection while a policy about it runs: the verb that asked goes on with it
 * all the same. */
#include <stdio.h>
#include <stdlib.h>

#include "../../../csrc/tcp/tcp.h"

static tl_stack *stack;

static void *allocate(void *context, void *old, size_t old_size, size_t size) {
  (void)context, (void)old_size;
  if (size) return realloc(old, size);
  free(old);
  return NULL;
}

static uint64_t choose(void *context, tl_choice kind, uint64_t n) {
  (void)context, (void)kind, (void)n;
  return 0;
}

static tl_address address(const char *text) {
  tl_address a = {{0}};
  tl_address_parse(text, &a);
  return a;
}

static bool route(void *context, const tl_address *remote, tl_path *path) {
  (void)context, (void)remote;
  path->source = address("10.0.0.1");
  path->mtu = 1500;
  return true;
}

static bool isn(void *context, tl_ref conn, uint32_t *number) {
  (void)context;
  tl_release(stack, conn);
  *number = 1000;
  return true;
}

int main(void) {
  static uint8_t out[2048];
  tl_stack_config config = {.allocate = allocate, .choose = choose, .route = route, .policies = {.isn = isn}};
  tl_tunables_init(&config.tunables, TL_PROFILE_RFC9293);
  tl_open open = {.remote = address("10.0.0.2"), .remote_port = 80};
  tl_sent sent;
  tl_ref conn;
  stack = tl_stack_new(&config, 0);
  tl_error e = tl_open_active(stack, &open, 0, &conn);
  size_t size = tl_stack_output(stack, out, sizeof out, 0, &sent);
  printf("%s, %s, %s\n", tl_error_text(e), tl_state_name(tl_state_of(stack, conn)), size ? "a SYN" : "nothing");
  tl_stack_free(stack);
  return 0;
}
