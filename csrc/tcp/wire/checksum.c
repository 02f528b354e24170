/* SPDX-License-Identifier: MIT */
#include "checksum.h"

#include <stdbool.h>
#include <string.h>

#include "bytes.h"

/* The sum does not depend on the machine's byte order (RFC 1071 2 (B)), nor on the width of what is added: 32-bit words
   in a 64-bit sum leave room for 2^32 of them. */

#if defined(__x86_64__) && defined(__GNUC__)
#define TL_CHECKSUM_AVX2 1
#include <immintrin.h>
#endif

/* Sums, and copies when there is a target. Inlined into both callers, which settles the question at compile time. */
static inline uint64_t sum_words(uint8_t *target, const uint8_t *source, size_t size, uint64_t sum) {
  if (target && size) memcpy(target, source, size);
  uint64_t a = 0, b = 0;
  for (; size >= 16; source += 16, size -= 16) {
    a += tl_sum_word(source) + tl_sum_word(source + 4);
    b += tl_sum_word(source + 8) + tl_sum_word(source + 12);
  }
  for (; size >= 4; source += 4, size -= 4) a += tl_sum_word(source);
  uint8_t rest[4] = {0};
  for (size_t i = 0; i < size; i++) rest[i] = source[i];
  return sum + a + b + tl_sum_word(rest);
}

#ifdef TL_CHECKSUM_AVX2

enum {
  VECTOR = 32,
  WORTHWHILE = 128,  /* bytes from which vectors pay */
  CHUNK = 512 * 1024 /* bytes after which 32-bit lanes might overflow: 2^14 vectors times 2^16 */
};

__attribute__((target("avx2"), always_inline)) static inline __m256i take_vector(uint8_t *target, const uint8_t *source,
                                                                                 __m256i lanes) {
  __m256i words = _mm256_loadu_si256((const __m256i *)(const void *)source);
  if (target) _mm256_storeu_si256((__m256i *)(void *)target, words);
  /* multiply-add takes signed words: flipping the top bit subtracts 2^15 from each, which lane_total gives back */
  words = _mm256_xor_si256(words, _mm256_set1_epi16(INT16_MIN));
  return _mm256_add_epi32(lanes, _mm256_madd_epi16(words, _mm256_set1_epi16(1)));
}

__attribute__((target("avx2"), always_inline)) static inline uint64_t lane_total(__m256i lanes, size_t vectors) {
  int32_t lane[8];
  _mm256_storeu_si256((__m256i *)(void *)lane, lanes);
  int64_t total = (int64_t)vectors * 16 * 32768;
  for (int i = 0; i < 8; i++) total += lane[i];
  return (uint64_t)total;
}

__attribute__((target("avx2"), always_inline)) static inline uint64_t sum_vectors(uint8_t *target,
                                                                                  const uint8_t *source,
                                                                                  size_t vectors) {
  __m256i a = _mm256_setzero_si256(), b = a, c = a, d = a;
  size_t i = 0;
  for (; i + 4 <= vectors; i += 4) {
    const uint8_t *from = source + i * VECTOR;
    uint8_t *to = target ? target + i * VECTOR : NULL;
    a = take_vector(to, from, a);
    b = take_vector(to ? to + VECTOR : NULL, from + VECTOR, b);
    c = take_vector(to ? to + 2 * VECTOR : NULL, from + 2 * VECTOR, c);
    d = take_vector(to ? to + 3 * VECTOR : NULL, from + 3 * VECTOR, d);
  }
  for (; i < vectors; i++) a = take_vector(target ? target + i * VECTOR : NULL, source + i * VECTOR, a);
  return lane_total(_mm256_add_epi32(_mm256_add_epi32(a, b), _mm256_add_epi32(c, d)), vectors);
}

__attribute__((target("avx2"))) static uint64_t add_vectors(const uint8_t *source, size_t vectors) {
  return sum_vectors(NULL, source, vectors);
}

__attribute__((target("avx2"))) static uint64_t copy_vectors(uint8_t *target, const uint8_t *source, size_t vectors) {
  return sum_vectors(target, source, vectors);
}

static inline bool vectors_pay(size_t size) { return size >= WORTHWHILE && __builtin_cpu_supports("avx2"); }

/* Handles all whole vectors; says how many bytes that was. */
static inline size_t sum_with_vectors(uint8_t *target, const uint8_t *source, size_t size, uint64_t *sum) {
  size_t done = 0;
  while (size - done >= VECTOR) {
    size_t chunk = size - done < CHUNK ? size - done : CHUNK, vectors = chunk / VECTOR;
    *sum += target ? copy_vectors(target + done, source + done, vectors) : add_vectors(source + done, vectors);
    done += vectors * VECTOR;
  }
  return done;
}

#else

static inline bool vectors_pay(size_t size) { return (void)size, false; }

static inline size_t sum_with_vectors(uint8_t *target, const uint8_t *source, size_t size, uint64_t *sum) {
  return (void)target, (void)source, (void)size, (void)sum, 0;
}

#endif

uint64_t tl_checksum_add(uint64_t sum, const void *data, size_t size) {
  const uint8_t *source = data;
  size_t done = vectors_pay(size) ? sum_with_vectors(NULL, source, size, &sum) : 0;
  return sum_words(NULL, source + done, size - done, sum);
}

uint64_t tl_checksum_copy(void *restrict target, const void *restrict source, size_t size, uint64_t sum) {
  if (size == 0) return sum;
  uint8_t *to = target;
  const uint8_t *from = source;
  size_t done = vectors_pay(size) ? sum_with_vectors(to, from, size, &sum) : 0;
  return sum_words(to + done, from + done, size - done, sum);
}

uint64_t tl_checksum_swap(uint64_t sum) {
  uint16_t folded = tl_checksum_fold(sum);
  return (uint16_t)(folded << 8 | folded >> 8);
}

uint16_t tl_checksum_fold(uint64_t sum) {
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)sum;
}

uint16_t tl_checksum_finish(uint64_t sum) { return (uint16_t)~tl_checksum_fold(sum); }
