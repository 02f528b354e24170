/* SPDX-License-Identifier: MIT */
#include "kernel_values.h"

#include "spans.h"

static int64_t one_if_none(int64_t n) { return n ? n : 1; }

unsigned tl_kernel_integers(const tl_kernel_name *name) {
  return name->form == TL_LINGERS ? 2 : name->form == TL_CASES ? 1 : name->parts;
}

/* How many of ours one of theirs is. */
typedef struct ratio {
  int64_t times, over;
} ratio;

static ratio ratio_of(const tl_kernel_part *p, const tl_tunables *t) {
  ratio r = {p->times, one_if_none(p->over)};
  if (p->shares) r = (ratio){r.times * one_if_none(t->value[TL_T_BUFFER_SHARE]), r.over * 256};
  return r;
}

/* ---- reading ---- */

static void number_bounds(const tl_kernel_part *p, const tl_tunables *t, int64_t *low, int64_t *high) {
  const tl_tunable_info *info = &tl_tunable_table[p->which];
  ratio r = ratio_of(p, t);
  *low = p->least ? p->least : p->raised_to ? 0 : (info->min * r.over + r.times - 1) / r.times;
  *high = info->max > INT64_MAX / r.over ? INT64_MAX / r.times : (info->max * r.over + r.over - 1) / r.times;
  if (p->most) *high = p->most;
  if (p->cut_to) *high = INT32_MAX;
}

void tl_kernel_bounds(const tl_kernel_name *name, unsigned part, const tl_tunables *t, int64_t *low, int64_t *high) {
  const tl_kernel_part *p = &name->part[part];
  *low = 0, *high = INT64_MAX;
  if (name->form == TL_NUMBERS && p->which != TL_TUNABLES) number_bounds(p, t, low, high);
  if (name->form == TL_LINGERS && part == 1) *high = FOR_EVER / S;
}

static bool in_bounds(const tl_kernel_name *name, unsigned part, const tl_tunables *t, int64_t theirs) {
  const tl_kernel_part *p = &name->part[part];
  int64_t low, high;
  tl_kernel_bounds(name, part, t, &low, &high);
  return (theirs >= low && theirs <= high) || (p->no_limit && theirs == p->no_limit) ||
         ((p->zero || p->unset) && theirs == 0);
}

/* The end of the time-out that they fall in. */
static int64_t doubled_to(int64_t seconds) {
  int64_t sum = 0;
  for (int64_t next = 1; sum < seconds; next = next < 60 ? next * 2 : 120) sum += next;
  return sum;
}

static int64_t number_here(const tl_kernel_part *p, const tl_tunables *t, int64_t theirs) {
  if (p->no_limit && theirs == p->no_limit) return 0;
  if (p->zero && theirs == 0) return p->zero;
  if (p->raised_to && theirs < p->raised_to) theirs = p->raised_to;
  if (p->cut_to && theirs > p->cut_to) theirs = p->cut_to;
  if (p->doubling) theirs = doubled_to(theirs);
  ratio r = ratio_of(p, t);
  return theirs * r.times / r.over;
}

static int64_t switch_here(const tl_kernel_part *p, const tl_tunables *t, bool on) {
  if (!p->bit) return on;
  return on ? t->value[p->which] | p->bit : t->value[p->which] & ~p->bit;
}

static int read_case(const tl_kernel_name *name, int64_t theirs, tl_setting *out, unsigned *count) {
  for (unsigned i = 0; i < name->count; i++) {
    if (name->cases[i].theirs != theirs) continue;
    for (unsigned part = 0; part < name->parts; part++)
      if (name->cases[i].ours[part] != TL_AS_IT_IS)
        out[(*count)++] = (tl_setting){name->part[part].which, name->cases[i].ours[part]};
    return TL_KERNEL_TAKEN;
  }
  return 0;
}

static tl_setting read_number(const tl_kernel_name *name, const tl_kernel_part *p, const tl_tunables *t,
                              int64_t theirs) {
  return (tl_setting){p->which, name->form == TL_SWITCH ? switch_here(p, t, theirs != 0) : number_here(p, t, theirs)};
}

int tl_kernel_read(const tl_kernel_name *name, const int64_t *theirs, const tl_tunables *t,
                   tl_setting out[TL_KERNEL_SETTINGS], unsigned *count) {
  *count = 0;
  if (name->form == TL_CASES) return read_case(name, theirs[0], out, count);
  for (unsigned part = 0; part < tl_kernel_integers(name); part++)
    if (!in_bounds(name, part, t, theirs[part])) return (int)part;
  if (name->form == TL_LINGERS)
    out[(*count)++] = (tl_setting){name->part[0].which, theirs[0] ? theirs[1] * S : -1};
  else
    for (unsigned part = 0; part < name->parts; part++)
      if (name->part[part].which != TL_TUNABLES)
        out[(*count)++] = read_number(name, &name->part[part], t, theirs[part]);
  if (name->also) out[(*count)++] = *name->also;
  return TL_KERNEL_TAKEN;
}

/* ---- telling ---- */

static bool is_case(const tl_kernel_name *name, const tl_kernel_case *c, const tl_tunables *t) {
  for (unsigned part = 0; part < name->parts; part++)
    if (c->ours[part] != TL_AS_IT_IS && c->ours[part] != t->value[name->part[part].which]) return false;
  return true;
}

/* The last one, where none fits. */
static int64_t tell_case(const tl_kernel_name *name, const tl_tunables *t) {
  unsigned i = 0;
  while (i + 1 < name->count && !is_case(name, &name->cases[i], t)) i++;
  return name->cases[i].theirs;
}

static int64_t tell_number(const tl_kernel_part *p, const tl_tunables *t) {
  if (p->which == TL_TUNABLES) return p->times;
  int64_t value = t->value[p->which];
  ratio r = ratio_of(p, t);
  if (value == 0 && (p->no_limit || p->unset)) return p->no_limit ? p->no_limit : p->unset;
  if (p->zero && value == p->zero) return 0;
  if (value > INT64_MAX / r.over) return value / r.times;
  return value * r.over / r.times * one_if_none(p->told);
}

static int64_t tell_switch(const tl_kernel_part *p, const tl_tunables *t) {
  int64_t value = t->value[p->which];
  return (p->bit ? value & p->bit : value) != 0;
}

static void tell_linger(int64_t linger, int64_t theirs[TL_KERNEL_PARTS]) {
  theirs[0] = linger >= 0;
  theirs[1] = linger >= 0 ? linger / S : 0;
}

void tl_kernel_tell(const tl_kernel_name *name, const tl_tunables *t, int64_t theirs[TL_KERNEL_PARTS]) {
  switch (name->form) {
  case TL_CASES: theirs[0] = tell_case(name, t); break;
  case TL_SWITCH: theirs[0] = tell_switch(&name->part[0], t); break;
  case TL_LINGERS: tell_linger(t->value[name->part[0].which], theirs); break;
  default:
    for (unsigned part = 0; part < name->parts; part++) theirs[part] = tell_number(&name->part[part], t);
  }
}
