/* SPDX-License-Identifier: MIT */
#include "kernel_values.h"

#include "spans.h"

static int64_t one_if_none(int64_t n) { return n ? n : 1; }

unsigned tl_kernel_integers(const tl_kernel_name *name) {
  return name->form == TL_LINGERS ? 2 : name->form == TL_CASES ? 1 : name->parts;
}

/* ---- reading ---- */

static void number_bounds(const tl_kernel_part *p, int64_t *low, int64_t *high) {
  const tl_tunable_info *info = &tl_tunable_table[p->which];
  int64_t times = p->times, over = one_if_none(p->over);
  *low = p->least ? p->least : (info->min * over + times - 1) / times;
  *high = info->max > INT64_MAX / over ? INT64_MAX / times : (info->max * over + over - 1) / times;
}

void tl_kernel_bounds(const tl_kernel_name *name, unsigned part, int64_t *low, int64_t *high) {
  const tl_kernel_part *p = &name->part[part];
  *low = 0, *high = INT64_MAX;
  if (name->form == TL_NUMBERS && p->which != TL_TUNABLES) number_bounds(p, low, high);
  if (name->form == TL_LINGERS && part == 1) *high = FOR_EVER / S;
}

static bool in_bounds(const tl_kernel_name *name, unsigned part, int64_t theirs) {
  int64_t low, high, no_limit = name->part[part].no_limit;
  tl_kernel_bounds(name, part, &low, &high);
  return (theirs >= low && theirs <= high) || (no_limit && theirs == no_limit);
}

static int64_t number_here(const tl_kernel_part *p, int64_t theirs) {
  if (p->no_limit && theirs == p->no_limit) return 0;
  return theirs == 0 && p->zero ? p->zero : theirs * p->times / one_if_none(p->over);
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

static void read_number(const tl_kernel_name *name, const tl_kernel_part *p, int64_t theirs, tl_setting *out,
                        unsigned *count) {
  if (p->which == TL_TUNABLES) return;
  out[(*count)++] = (tl_setting){p->which, name->form == TL_SWITCH ? theirs != 0 : number_here(p, theirs)};
}

int tl_kernel_read(const tl_kernel_name *name, const int64_t *theirs, tl_setting out[TL_KERNEL_SETTINGS],
                   unsigned *count) {
  *count = 0;
  if (name->form == TL_CASES) return read_case(name, theirs[0], out, count);
  for (unsigned part = 0; part < tl_kernel_integers(name); part++)
    if (!in_bounds(name, part, theirs[part])) return (int)part;
  if (name->form == TL_LINGERS)
    out[(*count)++] = (tl_setting){name->part[0].which, theirs[0] ? theirs[1] * S : -1};
  else
    for (unsigned part = 0; part < name->parts; part++) read_number(name, &name->part[part], theirs[part], out, count);
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
  int64_t value = t->value[p->which], over = one_if_none(p->over);
  if (p->no_limit && value == 0) return p->no_limit;
  if (p->zero && value == p->zero) return 0;
  if (value > INT64_MAX / over) return value / p->times;
  return value * over / p->times * one_if_none(p->told);
}

static void tell_linger(int64_t linger, int64_t theirs[TL_KERNEL_PARTS]) {
  theirs[0] = linger >= 0;
  theirs[1] = linger >= 0 ? linger / S : 0;
}

void tl_kernel_tell(const tl_kernel_name *name, const tl_tunables *t, int64_t theirs[TL_KERNEL_PARTS]) {
  switch (name->form) {
  case TL_CASES: theirs[0] = tell_case(name, t); break;
  case TL_SWITCH: theirs[0] = t->value[name->part[0].which] != 0; break;
  case TL_LINGERS: tell_linger(t->value[name->part[0].which], theirs); break;
  default:
    for (unsigned part = 0; part < name->parts; part++) theirs[part] = tell_number(&name->part[part], t);
  }
}
