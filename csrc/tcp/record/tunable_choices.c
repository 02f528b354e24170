/* SPDX-License-Identifier: MIT */
/* The names of what a tunable chooses among, as scripts say them. */
#include <stddef.h>

#include "tunables.h"

static const char *const controls[] = {
    [TL_CONTROL_RENO] = "reno",   [TL_CONTROL_CUBIC] = "cubic",
    [TL_CONTROL_TAHOE] = "tahoe", [TL_CONTROL_PLAIN_RENO] = "plain-reno",
    [TL_CONTROL_SCRIPT] = NULL,
};
_Static_assert(sizeof controls / sizeof *controls == TL_CONTROL_SCRIPT + 1, "every control has a name");

static const char *const overflows[] = {"drop-syn", "drop-oldest", NULL};
static const char *const occasions[] = {"never", "overflow", "always", NULL};

static const char *const rto_min_ons[] = {"sum", "variance", "smoothed", NULL};
static const char *const silences[] = {"sending", "timeout", NULL};

static const char *const growths[] = {"bytes", "segments", NULL};
static const char *const hystarts[] = {"off", "rfc9406", "trains", NULL};

static const char *const isns[] = {"rfc6528", "clock", "random", "constant", NULL};

static const char *const time_wait_checks[] = {"steps", "exact", "answers", NULL};
static const char *const time_wait_isns[] = {"above", "offset", "as-ever", NULL};
static const char *const texts_beyond_window[] = {"cut", "whole", "refused", NULL};
static const char *const behind_fins[] = {"acknowledged", "ignored", NULL};
static const char *const reset_places[] = {"next", "ends", NULL};
static const char *const icmp_ends[] = {"hard", "first", "refusals", "none", NULL};
static const char *const strays[] = {"reset", "ignore-syn", "ignore", NULL};
static const char *const half_open_backlogs[] = {"apart", "equal", "spare", NULL};
static const char *const cookie_sizes[] = {"eight", "four", NULL};
static const char *const halves[] = {"off", "client", "server", "both", NULL};

static const char *const arrangements[] = {"aligned", "linux", "freebsd", "none", NULL};

static const char *const port_selections[] = {
    "random", "random-retry", "hash", "double-hash", "random-increments", "sequential", NULL};

static const char *const *const choices[TL_TUNABLES] = {
    [TL_T_TIME_WAIT_CHECK] = time_wait_checks,
    [TL_T_TIME_WAIT_ISN] = time_wait_isns,
    [TL_T_TEXT_BEYOND_WINDOW] = texts_beyond_window,
    [TL_T_BEHIND_FIN] = behind_fins,
    [TL_T_RESET_PLACES] = reset_places,
    [TL_T_ICMP_ENDS] = icmp_ends,
    [TL_T_STRAYS] = strays,
    [TL_T_HALF_OPEN_BACKLOG] = half_open_backlogs,
    [TL_T_SYN_COOKIE_SIZES] = cookie_sizes,
    [TL_T_ISN] = isns,
    [TL_T_GROWTH] = growths,
    [TL_T_HYSTART] = hystarts,
    [TL_T_RTO_MIN_ON] = rto_min_ons,
    [TL_T_SILENCE_FROM] = silences,
    [TL_T_PORT_SELECTION] = port_selections,
    [TL_T_CONGESTION] = controls,
    [TL_T_HALF_OPEN_OVERFLOW] = overflows,
    [TL_T_SYN_COOKIES] = occasions,
    [TL_T_FAST_OPEN] = halves,
    [TL_T_FAST_OPEN_NO_COOKIE] = halves,
    [TL_T_SYN_OPTIONS] = arrangements,
};

const char *const *tl_tunable_choices(tl_tunable which) { return choices[which]; }
