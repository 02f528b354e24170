#!/bin/sh
# SPDX-License-Identifier: MIT
# Linux 6.18: TCP_SYNCNT says how often the SYN is sent again, by tcp(7). With 2 it is sent again five times: the time-outs of
# net.ipv4.tcp_syn_linear_timeouts, which are four, do not count in full.
set -- 6.18
. "$(dirname "$0")/common/linux.sh"
ip tuntap add away mode tun 2>/dev/null && ip addr add 10.9.0.1/24 dev away && ip link set away up || missing "no TUN device"
resent() {
  echo "$1" >/proc/sys/net/ipv4/tcp_syn_linear_timeouts || missing "the settings may not be written"
  python3 - <<'P'
import socket
TCP_SYNCNT = 7
def count():
    names, values = [line.split() for line in open("/proc/net/netstat") if line.startswith("TcpExt:")]
    return int(values[names.index("TCPSynRetrans")])
before, one = count(), socket.socket()
one.setsockopt(socket.IPPROTO_TCP, TCP_SYNCNT, 2)
try: one.connect(("10.9.0.2", 80))
except OSError: pass
print(count() - before)
P
}
expect "TCP_SYNCNT 2, SYNs sent again" "5" "$(resent 4)"
expect "without linear time-outs" "2" "$(resent 0)"
