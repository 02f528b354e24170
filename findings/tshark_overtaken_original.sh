#!/bin/sh
# SPDX-License-Identifier: MIT
# tshark 4.0.17 calls a segment that was only overtaken on its way a fast retransmission once two duplicate ACKs have passed, though the file has
# its text once, and though its timestamp (1041) is older than those of the three that overtook it (1042 to 1044): a copy would have a newer one.
. "$(dirname "$0")/common/tshark.sh"
stamp() { printf '0101080a%08x%08x' "$1" "$2"; }
sack() { printf '0101050a%08x%08x' 2101 "$1"; }
lines="0 c S 100 0 65535 0 020405b40402080a000003e800000000
0.02 s S. 900 101 65535 0 020405b40402080a00001388000003e8
0.0201 c . 101 901 65535 0 $(stamp 1020 5000)
0.040 c . 101 901 65535 1000 $(stamp 1040 5000)
0.0405 s . 901 1101 65535 0 $(stamp 5040 1040)
0.042 c . 2101 901 65535 1000 $(stamp 1042 5000)
0.0421 s . 901 1101 65535 0 $(stamp 5042 1040)$(sack 3101)
0.043 c . 3101 901 65535 1000 $(stamp 1043 5000)
0.0431 s . 901 1101 65535 0 $(stamp 5043 1040)$(sack 4101)
0.044 c . 4101 901 65535 1000 $(stamp 1044 5000)
0.0441 s . 901 1101 65535 0 $(stamp 5044 1040)$(sack 5101)
0.045 c . 1101 901 65535 1000 $(stamp 1041 5000)"
expect "the original that comes last, its stamp the oldest" "[TCP Fast Retransmission]" "$(said_of "$lines" 12)"
