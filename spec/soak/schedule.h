/* SPDX-License-Identifier: MIT */
/* A schedule: two users at the ends of a link, who write, read and end as was drawn for them, and whoever judges what
 * comes of it. Everything follows from a seed. */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include "world.h"

enum { SIDES = 2 };

typedef enum manner {
  SHUTDOWN,
  BOTH,
  ABORT,
  MANNERS
} manner; /* how a side ends: CLOSE after its last byte; in both directions; ABORT */

typedef struct side {
  const char *name;
  tl_stack *stack;
  uint32_t host;
  tl_ref conn;          /* 0: not yet */
  uint64_t total, sent; /* of our stream */
  uint64_t received;    /* of the other's */
  uint64_t offset;      /* where in the pattern our stream begins */
  uint64_t enough;      /* bytes sent and received after which BOTH and ABORT come */
  uint64_t write_most, read_most;
  unsigned push; /* one SEND in so many is pushed; 0: none */
  tl_time write_pause, read_pause, next_write, next_read;
  manner manner;
  bool after_eof;          /* closes only when the other has */
  bool closed, eof, ended; /* we have closed; the other's FIN was read; nothing more is to be done */
  tl_error error;
} side;

typedef struct schedule schedule;

struct schedule {
  uint64_t seed;
  world w; /* lab, for the notices */
  tl_random r;
  side side[SIDES];
  uint32_t isn[SIDES]; /* 0: the stack's own */
  tl_ref listener;     /* at the second side */
  bool simultaneous;   /* both open actively */
  tl_time progress_at, patience;
  uint64_t progress, events;
  char trouble[1024], said[512];                                  /* what was drawn; what went wrong first */
  bool (*permits)(const schedule *s, const side *me, tl_error e); /* may a side end with this error? */
  void (*see)(schedule *s, const tl_notice *n, const uint8_t *bytes);
  void (*look)(schedule *s, side *me); /* after each event */
};

/* ---- draws ---- */

uint64_t below(schedule *s, uint64_t n);
bool one_in(schedule *s, uint64_t n);
double unit(schedule *s); /* in [0, 1) */

/* From low (at least 1) to high, as many of each order of magnitude; now and then the ends themselves. */
int64_t spread(schedule *s, int64_t low, int64_t high);

/* 0 as often as not. */
tl_chance up_to(schedule *s, double most);
double probability(tl_chance c);

int64_t least(int64_t a, int64_t b);
int64_t most(int64_t a, int64_t b);

/* ---- one schedule ---- */

/* A lab and nothing in it; the judge's functions are the caller's to set. */
void schedule_make(schedule *s, uint64_t seed, const char *soak);
void schedule_host(schedule *s, unsigned i, const tl_tunables *t);

/* The OPENs. */
void schedule_start(schedule *s);

/* Until nothing is left to happen, something is wrong, or so many events have been since the start. */
void schedule_go(schedule *s, uint64_t events);

/* Shows the judge what has been noticed. */
void take_notices(schedule *s);

/* When nothing is left to happen both must have had their connection, and have come to its end with nothing kept. */
void schedule_judge(schedule *s);

/* Notes what went wrong, when nothing has yet. */
void wrong(schedule *s, const char *format, ...);

#endif
