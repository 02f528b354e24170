#!/bin/sh
# SPDX-License-Identifier: MIT
# tshark 4.0.17 calls the plain ACK that a FIN has overtaken on its way a keep-alive: its number is one below the next, as a keep-alive's would be.
# No host probes a connection that it has closed. A receiver's capture of a path that reorders is full of them.
. "$(dirname "$0")/common/tshark.sh"
lines='0 c S 100 0 65535 0 020405b4
0.02 s S. 900 101 65535 0 020405b4
0.0201 c . 101 901 65535 0 -
0.04 s P. 901 101 65535 5 -
0.0601 c F. 101 906 65535 0 -
0.0602 c . 101 906 65535 0 -'
expect "an ACK behind the FIN that overtook it" "[TCP Keep-Alive]" "$(said_of "$lines" 6)"
