/* SPDX-License-Identifier: MIT */
/* The profiles of this folder, the default first; spec/tools/rockspec.lua makes it. */
#ifndef TL_PROFILE_LIST_H
#define TL_PROFILE_LIST_H

/* X(number, name) */
/* clang-format off */
#define TL_PROFILE_LIST(X) \
  X(RFC9293, rfc9293) \
  X(FREEBSD, freebsd) \
  X(LINUX, linux) \
  X(LINUX_5_10, linux_5_10) \
  X(LINUX_6_1, linux_6_1) \
  X(LINUX_6_12, linux_6_12) \
  X(LINUX_6_18, linux_6_18) \
  X(LINUX_7_2, linux_7_2) \
  X(RFC793, rfc793)
/* clang-format on */

#endif
