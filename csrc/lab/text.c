/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <string.h>

uint64_t tl_text_hash(uint64_t hash, const char *text) {
  for (; *text != '\0'; text++) hash = (hash ^ (uint8_t)*text) * TL_HASH_PRIME;
  return hash;
}

char *tl_text_copy(tl_memory *memory, const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = tl_memory_new(memory, size);
  if (copy != NULL) memcpy(copy, text, size);
  return copy;
}

void tl_text_free(tl_memory *memory, char *text) {
  if (text != NULL) tl_memory_free(memory, text, strlen(text) + 1);
}
