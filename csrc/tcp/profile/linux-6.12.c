/* SPDX-License-Identifier: MIT */
#include "profile.h"

#include <stddef.h>

const tl_sheet tl_sheet_linux_6_12 = {"linux-6.12", "Linux 6.12 out of the box; measured: 6.12.95.",
                                      TL_PROFILE_LINUX_6_1, 0, NULL};
