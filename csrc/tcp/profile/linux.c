/* SPDX-License-Identifier: MIT */
#include "profile.h"

#include <stddef.h>

const tl_sheet tl_sheet_linux = {"linux", "The newest Linux that was measured.", TL_PROFILE_LINUX_7_2, 0, NULL};
