/* SPDX-License-Identifier: MIT */
#ifndef TL_RECORD_TRAITS_H
#define TL_RECORD_TRAITS_H

#include <stdbool.h>
#include <stdint.h>

/* What SYNs agreed on, and what a record of any size keeps in one byte. */
#define TL_TRAITS                                                                                                      \
  union {                                                                                                              \
    uint8_t traits;                                                                                                    \
    struct {                                                                                                           \
      bool timestamps : 1, scaling : 1, sack : 1; /* agreed on */                                                      \
      bool ecn : 1;                               /* agreed on; while opening: asked for */                            \
      bool passive : 1;                           /* came to SYN-RECEIVED from LISTEN (MUST-11) */                     \
      bool timing : 1;                            /* a round trip is being measured */                                 \
      uint8_t fast_open : 2;                      /* tl_fast_open */                                                   \
    };                                                                                                                 \
  }

#endif
