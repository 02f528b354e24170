-- SPDX-License-Identifier: MIT
-- The ICMP errors that questions send: a name, type and code of each.

local list <const> = {
  { "network_unreachable", 3, 0 }, { "host_unreachable", 3, 1 }, { "protocol_unreachable", 3, 2 }, { "port_unreachable", 3, 3 },
  { "source_route_failed", 3, 5 }, { "network_unknown", 3, 6 }, { "host_unknown", 3, 7 }, { "host_isolated", 3, 8 }, { "network_prohibited", 3, 9 },
  { "host_prohibited", 3, 10 }, { "network_service", 3, 11 }, { "host_service", 3, 12 }, { "filtered", 3, 13 }, { "precedence", 3, 14 },
  { "precedence_cutoff", 3, 15 }, { "source_quench", 4, 0 }, { "time_exceeded", 11, 0 }, { "reassembly", 11, 1 }, { "parameter_problem", 12, 0 },
}

local names = {}
for i, row in ipairs(list) do names[i] = row[1] end

return { list = list, names = names }
