-- SPDX-License-Identifier: MIT
-- A flow: the one connection that a script's packets belong to. It counts between the script's numbers and those on the wire: sequence numbers of
-- the host, whose initial one the script chooses anew, those of the peer, which count from its SYN's, and the values of the host's timestamps.

---@class tcplab.packetdrill.flow
---@field local_port? integer   nil: the host has not said it yet
---@field remote_port integer
---@field passive boolean       the peer opens it
local flow = {}
flow.__index = flow

local MASK <const> = 0xffffffff

---@param local_port? integer
---@param remote_port integer
---@param passive boolean
---@return tcplab.packetdrill.flow
function flow.new(local_port, remote_port, passive)
  local self = { local_port = local_port, remote_port = remote_port, passive = passive, offset = 0, peer = 0, to_live = {}, to_script = {} }
  return setmetatable(self, flow)
end

---Whether a packet from the host is this flow's; the first one tells the host's port.
function flow:owns(segment)
  if segment.destination_port ~= self.remote_port then return false end
  if self.local_port == nil then self.local_port = segment.source_port end
  return segment.source_port == self.local_port
end

---The script says that a SYN that left with one number has another.
function flow:begin(script_seq, live_seq) self.offset = live_seq - script_seq & MASK end

---Numbers of the host's own text.
function flow:live(number) return number + self.offset & MASK end
function flow:script(number) return number - self.offset & MASK end

---A SYN of the peer's leaves: from now on its numbers, but those of SYNs, count from there.
function flow:begin_peer(seq)
  self.peer = self.peer_begun and self.peer or seq
  self.peer_begun = true
end

---Numbers of the peer's, on a SYN or not.
function flow:live_peer(number, syn) return syn and number & MASK or number + self.peer & MASK end
function flow:script_peer(number, syn) return syn and number or number - self.peer & MASK end

---The script says that a stamp of the host's has this value.
function flow:note_stamp(script_value, live_value)
  self.base = self.base or { script_value, live_value }
  self.to_live[script_value], self.to_script[live_value] = live_value, script_value
end

---The stamp on the wire that an echo of the script's means.
function flow:live_stamp(value) return self.to_live[value] or self.base and value - self.base[1] + self.base[2] & MASK or value end

---The script's value for a stamp on the wire.
function flow:script_stamp(value) return self.to_script[value] or self.base and value - self.base[2] + self.base[1] & MASK or value end

return flow
