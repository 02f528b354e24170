-- SPDX-License-Identifier: MIT
-- The names of ICMP's types and codes in scripts, with their numbers by RFC 792, 1122, 1812, 4443 and 8200.

local verdict = require "tcplab.packetdrill.verdict"

local icmp_names = {}

local NAMES <const> = {
  [4] = {
    unreachable = {
      3, net_unreachable = 0, host_unreachable = 1, protocol_unreachable = 2, port_unreachable = 3, frag_needed = 4, source_route_failed = 5,
      net_unknown = 6, host_unknown = 7, source_host_isolated = 8, net_prohibited = 9, host_prohibited = 10, net_unreachable_for_tos = 11,
      host_unreachable_for_tos = 12, packet_filtered = 13, precedence_violation = 14, precedence_cutoff = 15,
    },
    source_quench = { 4 },
    redirect = { 5, net = 0, host = 1, tos_net = 2, tos_host = 3 },
    time_exceeded = { 11, ttl_exceeded_in_transit = 0, exceeded_ttl = 0, exceeded_frag_time = 1, frag_reass_exceeded = 1 },
    parameter_problem = { 12 },
  },
  [6] = {
    unreachable = {
      1, no_route = 0, admin_prohibited = 1, not_neighbour = 2, address_unreachable = 3, port_unreachable = 4, source_policy = 5,
      reject_route = 6,
    },
    packet_too_big = { 2 },
    time_exceeded = { 3, exceeded_hop_limit = 0, frag_reass_exceeded = 1, exceeded_frag_time = 1 },
    parameter_problem = { 4, header_field = 0, unknown_next_header = 1, unknown_option = 2 },
  },
}

---The numbers of a type and a code.
---@param family 4|6
---@param kind string   "unreachable", "type_3"
---@param code? string  "port_unreachable", "code_3"; nil: 0
---@return integer type, integer code
function icmp_names.number(family, kind, code)
  local codes = NAMES[family][kind]
  local number = codes and codes[1] or tonumber(kind:match "^type_(%d+)$")
  if not number or number > 255 then verdict.unsupported("icmp %s with IPv%d", kind, family) end
  if not code then return number, 0 end
  local value = codes and codes[code] or tonumber(code:match "^code_(%d+)$")
  if not value or value > 255 then verdict.unsupported("icmp %s %s with IPv%d", kind, code, family) end
  return number, value
end

return icmp_names
