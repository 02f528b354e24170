# SPDX-License-Identifier: MIT
# Sourced: tshark 4.0.17 of Debian 12, and what it says in its last column of frame $2 of the lines in $1.
set -- tshark=4.0.17-0+deb12u3 wireshark-common=4.0.17-0+deb12u3 libwireshark16=4.0.17-0+deb12u3 libwiretap13=4.0.17-0+deb12u3 libwsutil14=4.0.17-0+deb12u3
. "$(dirname "$0")/common/debian.sh"
command -v python3 >/dev/null || missing "no python3"
said_of() {
  printf '%s\n' "$1" | python3 "$(dirname "$0")/common/capture.py" "$here/capture.pcap" || exit 77
  LD_LIBRARY_PATH="$here/usr/lib/x86_64-linux-gnu" HOME="$here" "$here/usr/bin/tshark" -r "$here/capture.pcap" -Y "frame.number == $2" \
    -T fields -e _ws.col.Info 2>"$here/log" | sed -n 's/^\(\[[^]]*\]\).*/\1/p'
  grep -q 'error while loading' "$here/log" && missing "$(cat "$here/log")"
}
