/* SPDX-License-Identifier: MIT */
#include "profile.h"

#include <string.h>

static const tl_sheet *const sheets[TL_PROFILES] = {
#define SHEET(number, name) [TL_PROFILE_##number] = &tl_sheet_##name,
    TL_PROFILE_LIST(SHEET)
#undef SHEET
};

const tl_sheet *tl_profile_sheet(tl_profile profile) { return sheets[profile]; }

const char *tl_profile_name(tl_profile profile) { return profile < TL_PROFILES ? sheets[profile]->name : "?"; }

tl_profile tl_profile_by_name(const char *name) {
  unsigned i = 0;
  while (i < TL_PROFILES && strcmp(sheets[i]->name, name) != 0) i++;
  return (tl_profile)i;
}

void tl_tunables_init(tl_tunables *t, tl_profile profile) {
  const tl_sheet *sheet = sheets[profile];
  if (sheet->base != profile)
    tl_tunables_init(t, sheet->base);
  else
    for (unsigned i = 0; i < TL_TUNABLES; i++) t->value[i] = tl_tunable_table[i].value;
  for (unsigned i = 0; i < sheet->count; i++) t->value[sheet->differences[i].which] = sheet->differences[i].value;
}

int64_t tl_tunable_default(tl_tunable which, tl_profile profile) {
  tl_tunables t;
  tl_tunables_init(&t, profile);
  return t.value[which];
}
