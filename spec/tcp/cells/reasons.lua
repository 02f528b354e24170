-- SPDX-License-Identifier: MIT
-- What the host says about a segment it was handed: "accepted", or the check that refused it. By state, then event; a text of several words
-- names those of the cell's variants. A variant's own `reason` comes first.

local reasons = {}

local SYNCHRONIZED = {
  ["SEG-RST-in-window"] = "rst-challenged", ["SEG-RST-out-of-window"] = "rst-outside", ["SEG-SYN"] = "syn-challenged",
  ["SEG-SYN-ACK"] = "syn-challenged", ["SEG-ACK-too-old"] = "ack-too-old", ["SEG-ACK-future"] = "ack-future", ["SEG-no-ACK"] = "no-ack",
  ["SEG-DATA-out-of-window"] = "sequence duplicate", ["SEG-DATA-zero-window"] = "window-closed",
}

local PEER_FINISHED = setmetatable({
  ["SEG-DATA-in-order"] = "after-fin", ["SEG-DATA-out-of-order"] = "after-fin", ["SEG-DATA-zero-window"] = "after-fin",
  ["SEG-FIN"] = "duplicate", ["SEG-FIN-acking-our-FIN"] = "duplicate", ["SEG-FIN-out-of-order"] = "after-fin", ["SEG-URG"] = "after-fin",
}, { __index = SYNCHRONIZED })

local function everywhere(reason) return setmetatable({}, { __index = function() return reason end }) end

local LISTEN = everywhere "listen-ack"
for event, reason in pairs {
  ["SEG-SYN"] = "accepted", ["SEG-no-ACK"] = "listen-nothing", ["SEG-RST-exact"] = "listen-rst",
  ["SEG-RST-in-window"] = "listen-rst", ["SEG-RST-out-of-window"] = "listen-rst",
} do LISTEN[event] = reason end

local SYN_SENT = everywhere "syn-sent-no-syn"
for event, reason in pairs {
  ["SEG-RST-exact"] = "accepted", ["SEG-SYN"] = "accepted", ["SEG-SYN-ACK"] = "accepted", ["SEG-RST-in-window"] = "syn-sent-rst",
  ["SEG-RST-out-of-window"] = "syn-sent-rst", ["SEG-ACK-old"] = "syn-sent-ack", ["SEG-ACK-too-old"] = "syn-sent-ack",
  ["SEG-ACK-future"] = "syn-sent-ack",
} do SYN_SENT[event] = reason end

local STATES = {
  ["CLOSED"] = everywhere "no-connection", ["LISTEN"] = LISTEN, ["SYN-SENT"] = SYN_SENT,
  ["SYN-RECEIVED"] = setmetatable({
    ["SEG-SYN"] = "syn-repeated syn-challenged accepted", ["SEG-SYN-ACK"] = "syn-challenged accepted", ["SEG-ACK-old"] = "ack-unacceptable",
    ["SEG-ACK-too-old"] = "ack-unacceptable", ["SEG-ACK-future"] = "ack-unacceptable",
    ["SEG-DATA-out-of-window"] = "sequence duplicate accepted", ["SEG-DATA-zero-window"] = "window-closed ack-unacceptable",
  }, { __index = SYNCHRONIZED }),
  ["ESTABLISHED"] = SYNCHRONIZED, ["FIN-WAIT-1"] = SYNCHRONIZED, ["FIN-WAIT-2"] = SYNCHRONIZED,
  ["CLOSE-WAIT"] = PEER_FINISHED, ["CLOSING"] = PEER_FINISHED, ["LAST-ACK"] = PEER_FINISHED, ["TIME-WAIT"] = PEER_FINISHED,
}

--- The reasons possible, as a set; nil: the variant is not one of the cell's plain ones.
function reasons.of(row, variant)
  local without = variant.options and (variant.options.rfc5961 == false or variant.options.rfc1337)
  if not variant.reason and (without or variant.half_duplex) then return nil end
  local set = {}
  for reason in (variant.reason or STATES[row.state][row.event] or "accepted"):gmatch "%S+" do set[reason] = true end
  return set
end

return reasons
