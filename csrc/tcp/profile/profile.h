/* SPDX-License-Identifier: MIT */
/* A profile is a base and the list of its differences, each with its witness; a file a profile, which bears its name.
 * One more file here, and spec/tools/rockspec.lua run, is one more profile, everywhere. */
#ifndef TL_PROFILE_PROFILE_H
#define TL_PROFILE_PROFILE_H

#include "../record/tunables.h"
#include "list.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef enum tl_profile {
#define TL_NUMBER(number, name) TL_PROFILE_##number,
  TL_PROFILE_LIST(TL_NUMBER)
#undef TL_NUMBER
      TL_PROFILES
} tl_profile;

typedef struct tl_difference {
  tl_tunable which;
  int64_t value;
  const char *witness; /* how we know */
} tl_difference;

typedef struct tl_sheet {
  const char *name;
  const char *doc; /* whose it is, a sentence */
  tl_profile base; /* of rfc9293 itself, whose values stand in the table of tunables */
  unsigned count;
  const tl_difference *differences;
} tl_sheet;

#define TL_DIFFERENCES(list) sizeof(list) / sizeof *(list), list

#define TL_SHEET(number, name) extern const tl_sheet tl_sheet_##name;
TL_PROFILE_LIST(TL_SHEET)
#undef TL_SHEET

const tl_sheet *tl_profile_sheet(tl_profile profile);

const char *tl_profile_name(tl_profile profile);

/* TL_PROFILES when there is no such name. */
tl_profile tl_profile_by_name(const char *name);

int64_t tl_tunable_default(tl_tunable which, tl_profile profile);

void tl_tunables_init(tl_tunables *t, tl_profile profile);

#pragma GCC visibility pop

#endif
