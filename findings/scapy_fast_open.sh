#!/bin/sh
# SPDX-License-Identifier: MIT
# scapy 2.5.0: the value of a SYN's Fast Open option (RFC 7413: 4 to 16 octets) is bytes, unless the cookie has eight of them, as Linux's have: then
# it is a tuple of two integers. What compares cookies or takes their length fails on the usual ones alone.
set -- python3-scapy=2.5.0+dfsg-2
. "$(dirname "$0")/common/debian.sh"
command -v python3 >/dev/null || missing "no python3"
seen=$(python3 -W ignore - "$here/usr/lib/python3/dist-packages" <<'P' 2>"$here/log"
import struct, sys
sys.path.insert(0, sys.argv[1])
from scapy.layers.inet import TCP
def value(cookie):
    options = bytes([34, len(cookie) + 2]) + cookie
    options += b"\1" * (-len(options) % 4)
    header = struct.pack("!HHIIBBHHH", 4000, 80, 1, 0, (20 + len(options)) // 4 << 4, 2, 65535, 0, 0)
    return dict(TCP(header + options).options)["TFO"]
print(*(type(value(b"c" * size)).__name__ for size in (0, 4, 6, 8, 16)))
P
) || missing "$(tail -1 "$here/log")"
expect "cookies of 0, 4, 6, 8 and 16 octets" "bytes bytes bytes tuple bytes" "$seen"
