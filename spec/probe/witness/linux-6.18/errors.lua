-- SPDX-License-Identifier: MIT
-- What Linux 6.18.44 answered, asked as `tcplab probe --kernel errors` does.

return {
  icmp = {
    network_unreachable = "ENETUNREACH", host_unreachable = "EHOSTUNREACH", protocol_unreachable = "ENOPROTOOPT", port_unreachable = "ECONNREFUSED",
    source_route_failed = "EOPNOTSUPP", network_unknown = "ENETUNREACH", host_unknown = "EHOSTDOWN", host_isolated = "ENONET",
    network_prohibited = "ENETUNREACH", host_prohibited = "EHOSTUNREACH", network_service = "ENETUNREACH", host_service = "EHOSTUNREACH",
    filtered = "EHOSTUNREACH", precedence = "EHOSTUNREACH", precedence_cutoff = "EHOSTUNREACH", source_quench = "goes on",
    time_exceeded = "EHOSTUNREACH", reassembly = "goes on", parameter_problem = "EPROTO",
  },
  icmp_quoted = {
    before = "goes on", syn = "ECONNREFUSED", next = "ECONNREFUSED", behind = "goes on", far = "goes on",
  },
  icmp_half_open = {
    network_unreachable = "CLOSED", host_unreachable = "CLOSED", protocol_unreachable = "SYN-RECEIVED", port_unreachable = "SYN-RECEIVED",
    source_route_failed = "SYN-RECEIVED", network_unknown = "SYN-RECEIVED", host_unknown = "SYN-RECEIVED", host_isolated = "SYN-RECEIVED",
    network_prohibited = "SYN-RECEIVED", host_prohibited = "SYN-RECEIVED", network_service = "SYN-RECEIVED", host_service = "SYN-RECEIVED",
    filtered = "SYN-RECEIVED", precedence = "SYN-RECEIVED", precedence_cutoff = "SYN-RECEIVED", source_quench = "SYN-RECEIVED",
    time_exceeded = "CLOSED", reassembly = "SYN-RECEIVED", parameter_problem = "CLOSED",
  },
  icmp_established = {
    network_unreachable = "silence; ESTABLISHED; sent", host_unreachable = "silence; ESTABLISHED; sent",
    protocol_unreachable = "silence; ESTABLISHED; sent", port_unreachable = "silence; ESTABLISHED; sent",
    source_route_failed = "silence; ESTABLISHED; sent", network_unknown = "silence; ESTABLISHED; sent", host_unknown = "silence; ESTABLISHED; sent",
    host_isolated = "silence; ESTABLISHED; sent", network_prohibited = "silence; ESTABLISHED; sent", host_prohibited = "silence; ESTABLISHED; sent",
    network_service = "silence; ESTABLISHED; sent", host_service = "silence; ESTABLISHED; sent", filtered = "silence; ESTABLISHED; sent",
    precedence = "silence; ESTABLISHED; sent", precedence_cutoff = "silence; ESTABLISHED; sent", source_quench = "silence; ESTABLISHED; sent",
    time_exceeded = "silence; ESTABLISHED; sent", reassembly = "silence; ESTABLISHED; sent", parameter_problem = "silence; ESTABLISHED; sent",
  },
  icmp_backoff = {
    nothing = { 0.227, 0.422, 0.885, 1.694, 3.366, 6.798 }, network = { 0.224, 0.431, 0.875, 1.699, 2.543, 4.247 },
    host = { 0.207, 0.439, 0.855, 1.679, 2.507, 4.239 }, port = { 0.259, 0.424, 0.855, 1.727, 3.403, 6.903 },
  },
}
