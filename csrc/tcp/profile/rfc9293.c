/* SPDX-License-Identifier: MIT */
#include "profile.h"

#include <stddef.h>

const tl_sheet tl_sheet_rfc9293 = {"rfc9293", "The letter of the standards, every SHOULD followed; the default.",
                                   TL_PROFILE_RFC9293, 0, NULL};
