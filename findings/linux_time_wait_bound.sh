#!/bin/sh
# SPDX-License-Identifier: MIT
# Linux 6.18: net.ipv4.tcp_tw_reuse=0 forbids to connect over a pair of sockets in TIME-WAIT, by its text, but not to one who has bound the port with
# SO_REUSEADDR: that connect goes through at once, where both ends use timestamps; without timestamps it is EADDRNOTAVAIL.
set -- 6.18
. "$(dirname "$0")/common/linux.sh"
again() {
  echo 0 >/proc/sys/net/ipv4/tcp_tw_reuse && echo "$1" >/proc/sys/net/ipv4/tcp_timestamps || missing "the settings may not be written"
  python3 - "$2" <<'P'
import errno, socket, sys, time
listener = socket.create_server(("127.0.0.1", 0))
def bound():
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind(("127.0.0.1", int(sys.argv[1])))
    return one
first = bound()
first.connect(listener.getsockname())
server, _ = listener.accept()
first.close(), time.sleep(0.1), server.close(), time.sleep(0.1)
try:
    bound().connect(listener.getsockname())
    print("connected")
except OSError as e:
    print(errno.errorcode[e.errno])
P
}
expect "connect over TIME-WAIT with timestamps" "connected" "$(again 1 40001)"
expect "connect over TIME-WAIT without" "EADDRNOTAVAIL" "$(again 0 40002)"
