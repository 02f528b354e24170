/* SPDX-License-Identifier: MIT */
/* Chance for the kernel that is built with this file: what it asks of getrandom(2) is drawn from TCPLAB_CHANCE, a number, where that is set.
 * SplitMix64, as the lab's own generators are.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

static uint64_t draw(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

ssize_t getrandom(void *buffer, size_t size, unsigned flags) {
  static uint64_t state;
  static int seeded;
  const char *seed = seeded ? NULL : getenv("TCPLAB_CHANCE");
  if (seed) {
    state = strtoull(seed, NULL, 10);
    seeded = 1;
  }
  if (!seeded) return syscall(SYS_getrandom, buffer, size, flags);
  unsigned char *out = buffer;
  for (size_t i = 0; i < size; i++) out[i] = (unsigned char)draw(&state);
  return (ssize_t)size;
}
