/* SPDX-License-Identifier: MIT */
/* Losses found while the allocator refuses: 0 to 1999 left once, 2000 to 2999 twice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tcp/recover/scoreboard.h"

static bool refuses;

static void *allocate(void *context, void *old, size_t old_size, size_t size) {
  (void)context, (void)old_size;
  if (size && refuses) return NULL;
  if (size) return realloc(old, size);
  free(old);
  return NULL;
}

static tl_memory memory = {.allocate = allocate};
static tl_blocks blocks;
static tl_scoreboard board;

static void judge(const char *when) {
  tl_departed latest = {.at = 9, .order = 9, .end = 4000};
  int64_t next;
  uint32_t again, lost = tl_scoreboard_judge(&board, &blocks, &memory, &latest, 100, &next, &again);
  printf("%s: %u, of them %u again\n", when, lost, again);
}

int main(void) {
  tl_delivery d = {0};
  tl_blocks_init(&blocks, 1 << 20);
  tl_scoreboard_init(&board, 0);
  for (uint32_t i = 0; i < 4; i++) tl_scoreboard_sent(&board, &blocks, &memory, i * 1000, (i + 1) * 1000, i * 1000, i);
  tl_scoreboard_resent(&board, &blocks, &memory, 2000, 3000, 5);
  tl_scoreboard_sacked(&board, &blocks, &memory, 3000, 4000, 50, &d);
  refuses = true;
  judge("without memory");
  refuses = false;
  judge("with memory");
  judge("once more");
  tl_scoreboard_clear(&board, &blocks, &memory);
  tl_blocks_free(&blocks, &memory);
  return 0;
}
