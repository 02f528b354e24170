-- SPDX-License-Identifier: MIT
-- A host of some profile as a subject, in a lab, in virtual time.

local lab = require "tcplab.lab"
local program = require "tcplab.probe.subject.program"

---@param profile? string|table  as of `net:host`
---@param rtt? number            seconds from the hand to the subject and back; 0 without
---@return tcplab.probe.subject
local function new(profile, rtt)
  local network = lab { seed = 1 }
  local host = network:host("subject", { address = "10.0.0.2", profile = profile })
  local hand = network:hand("hand", { address = "10.0.0.1" })
  network:link(host, hand, { delay = (rtt or 0) / 2 })
  return program.new(network, host, hand, { rtt = rtt })
end

return { new = new }
