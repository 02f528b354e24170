/* SPDX-License-Identifier: MIT */
/* Spans of time in ns, as the tables of tunables and profiles write them. */
#ifndef TL_RECORD_SPANS_H
#define TL_RECORD_SPANS_H

#include <stdint.h>

#define MS INT64_C(1000000)
#define S (1000 * MS)
#define DAY (86400 * S)
#define FOR_EVER (INT64_C(100) * 365 * DAY)

#endif
