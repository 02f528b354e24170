#!/bin/sh
# SPDX-License-Identifier: MIT
# tshark 4.0.17 knows a zero-window probe by its one octet of text. Linux probes with an empty segment just before what is unacknowledged, and that
# is a keep-alive to it, though the window it goes into is shut: a stalled download reads as an idle connection.
. "$(dirname "$0")/common/tshark.sh"
begin='0 c S 100 0 65535 0 020405b4
0.02 s S. 900 101 65535 0 020405b4
0.0201 c . 101 901 65535 0 -
0.04 s P. 901 101 65535 5 -
0.041 c . 101 906 0 0 -'
expect "one octet into the shut window" "[TCP ZeroWindowProbe]" "$(said_of "$begin
0.25 s . 906 101 65535 1 -" 6)"
expect "Linux's empty probe into it" "[TCP Keep-Alive]" "$(said_of "$begin
0.25 s . 905 101 65535 0 -" 6)"
