#!/bin/sh
# SPDX-License-Identifier: MIT
# Linux 6.18: TCP_WINDOW_CLAMP, set before connect, does not bound the advertised window, as tcp(7) says, but its beginning: the first text that
# comes raises it to what the receive buffer holds. Set on the established connection it stays.
set -- 6.18
. "$(dirname "$0")/common/linux.sh"
seen=$(python3 - <<'P'
import socket, time
TCP_WINDOW_CLAMP = 10
listener = socket.create_server(("127.0.0.1", 0))
client = socket.socket()
client.setsockopt(socket.IPPROTO_TCP, TCP_WINDOW_CLAMP, 20000)
client.connect(listener.getsockname())
server, _ = listener.accept()
def clamp(): return client.getsockopt(socket.IPPROTO_TCP, TCP_WINDOW_CLAMP)
def text(): server.send(b"x" * 1000), time.sleep(0.1)
before = clamp()
text()
after = clamp()
client.setsockopt(socket.IPPROTO_TCP, TCP_WINDOW_CLAMP, 20000)
text()
print(before, "more" if after > 40000 else after, clamp())
P
)
expect "20000 set before connect; once connected, after text, set again and after text" "20000 more 20000" "$seen"
