# SPDX-License-Identifier: MIT
# usage: capture.py FILE <LINES        Writes a pcap of raw IPv4. A line: seconds, "c" or "s" (client 10.0.0.1:4000, server 10.0.0.2:5001), flags in
# tcpdump's letters, seq, ack, window, bytes of text, options as hexadecimal digits or "-".
import struct
import sys

FLAGS = {"F": 1, "S": 2, "R": 4, "P": 8, ".": 16}


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack("!H", ~total & 0xFFFF)


def packet(who, flags, seq, ack, window, size, options):
    ends = [(bytes([10, 0, 0, 1]), 4000), (bytes([10, 0, 0, 2]), 5001)]
    (source, from_port), (target, to_port) = ends if who == "c" else ends[::-1]
    options = b"" if options == "-" else bytes.fromhex(options)
    bits = sum(FLAGS[letter] for letter in flags)
    offset = (20 + len(options)) // 4 << 4
    tcp = struct.pack("!HHIIBBHHH", from_port, to_port, seq, ack, offset, bits, window, 0, 0) + options + b"x" * size
    tcp = tcp[:16] + checksum(source + target + struct.pack("!BBH", 0, 6, len(tcp)) + tcp) + tcp[18:]
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0x4000, 64, 6, 0, source, target)
    return ip[:10] + checksum(ip) + ip[12:] + tcp


with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
    for line in sys.stdin:
        when, who, flags, seq, ack, window, size, options = line.split()
        data = packet(who, flags, int(seq), int(ack), int(window), int(size), options)
        micro = round(float(when) * 1e6)
        file.write(struct.pack("<IIII", micro // 1000000, micro % 1000000, len(data), len(data)) + data)
