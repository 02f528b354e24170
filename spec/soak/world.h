/* SPDX-License-Identifier: MIT */
/* Two hosts and the link between them, with what a measurement needs: endless or measured flows that are read as they
 * come, the notices of both hosts, medians, and one line per figure. */
#ifndef WORLD_H
#define WORLD_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../csrc/lab/lab.h"
#include "../../csrc/lab/random.h"
#include "../../csrc/lab/text.h"
#include "../../csrc/tcp/wire/wire.h"

#define MS INT64_C(1000000)
#define MBIT UINT64_C(1000000)

enum { PORT = 80, SEEDS = 20, PATTERN = 1 << 16, PERIOD = 65521, FLOWS = 2 };

/* PERIOD random bytes over and over: byte i of a stream is pattern[i % PERIOD], and PATTERN bytes can be taken from any
 * of the first PERIOD. */
extern uint8_t pattern[PATTERN + PERIOD];

typedef struct flow {
  tl_ref from, to;         /* the sender's end, the receiver's */
  uint64_t limit;          /* bytes to send in all */
  uint64_t sent, received; /* bytes handed to the sender, taken at the receiver */
  bool held;               /* nothing is fed by itself: world_give */
  uint64_t bite;           /* bytes that a slow reader takes every `pause`; 0: all as it comes */
  tl_time pause, next_read;
} flow;

typedef struct world world;

/* A notice of either host, after data has been fed and read; bytes of a segment notice follow. */
typedef void on_notice(world *w, const tl_notice *n, const uint8_t *bytes);

struct world {
  tl_lab *lab;
  uint32_t sender, receiver, link;
  tl_stack *from, *to;
  tl_ref listener;
  flow flow[FLOWS];
  unsigned flows;
  on_notice *notice; /* or NULL */
  void *context;
};

typedef struct world_options {
  uint64_t seed;
  tl_tunables sender, receiver;
  tl_link_options there, back;
} world_options;

void make_pattern(void);

/* Which seeds a soak is to run. */
typedef struct seed_range {
  uint64_t first, count;
  bool verbose;
} seed_range;

/* By its arguments: FIRST COUNT, or --seed N alone, and -v. count: of seeds from 1 on, where none are given. */
seed_range read_seeds(int argc, char **argv, uint64_t count);

void fail(const char *what);
void check(tl_error e, const char *what);

/* Profile rfc9293 at both ends, a link without limits. */
world_options usual(uint64_t seed);

/* Both ends' buffers. */
void set_buffers(world_options *o, int64_t bytes);

/* By name, at the sender. */
void set_congestion(world_options *o, const char *name);

tl_chance chance(double probability);

void world_open(world *w, const world_options *o);
void world_close(world *w);

/* Opens a flow that will send `limit` bytes, or with 0 what it is given, and runs until it is accepted. */
unsigned world_connect(world *w, uint64_t limit);

/* Hands a held flow so many bytes. */
void world_give(world *w, flow *f, size_t bytes);

/* From now on a held flow always has more. */
void world_let_go(world *w, flow *f);

/* Runs to a time, feeding and reading all the while; stops early when every flow has arrived. */
void world_run(world *w, tl_time until);

tl_status world_status(world *w, unsigned flow);

/* Writes a variable of a flow's sender by the RFC's name. */
void world_set(world *w, unsigned flow, const char *name, int64_t value);

/* Reads a segment notice's packet. False: not TCP. */
bool segment_of(const tl_notice *n, const uint8_t *bytes, tl_segment *out);

/* Prints a notice as one line, sequence numbers relative. */
void show_notice(world *w, const tl_notice *n, const uint8_t *bytes);

double median(double *value, unsigned count);

/* One line: name, figure, what is wanted, and whether it is so. Returns that. */
bool figure(const char *name, double value, const char *unit, const char *relation, double wanted, const char *note);

#endif
