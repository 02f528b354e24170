#!/bin/sh
# SPDX-License-Identifier: MIT
# Linux 6.18: TCP_DEFER_ACCEPT counts in time-outs of the SYN-ACK, 1 3 7 15 ... s: 4 is read back as 7. A client that says nothing is established by
# its own count all that while; what lets it in after 3 s is its answer to one more SYN-ACK.
set -- 6.18
. "$(dirname "$0")/common/linux.sh"
seen=$(python3 - <<'P'
import socket, time
listener = socket.create_server(("127.0.0.1", 0))
def deferred(seconds):
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, seconds)
    return listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT)
told = [deferred(seconds) for seconds in (4, 8, 2)]
began = time.monotonic()
client = socket.create_connection(listener.getsockname())
connected = time.monotonic() - began
listener.settimeout(10)
listener.accept()
waited = time.monotonic() - began
print(*told, connected < 1, 2.9 < waited < 4)
P
)
expect "4, 8 and 2 read back; connected at once; accepted after 3 s" "7 15 3 True True" "$seen"
