-- SPDX-License-Identifier: MIT
local words = require "spec.tcp.cells.words"
local common = require "spec.tcp.cells.common"
local nxt, una, rcv = words.nxt, words.una, words.rcv

-- Ten seconds of the 240 have gone by.
local function ten_seconds(p) p:run(10) end
local GOES_ON, STARTS_AGAIN = { ["time-wait"] = 230 }, { ["time-wait"] = 240 }

-- Every variant of a cell, and 2MSL as it was. Those without RFC 5961 that end other states are left out: TIME-WAIT stays also then, or tells nobody.
local function untouched(cell)
  local copy = { choice = cell.choice }
  for _, variant in ipairs(cell[1] and cell or { cell }) do
    if variant.next ~= "CLOSED" then copy[#copy + 1] = words.with(variant, { prepare = ten_seconds, timers = GOES_ON }) end
  end
  return copy
end

local cells = common.merge(common.from_established, common.peer_finished, common.no_sending, {
  ["SEG-ACK-of-our-FIN"] = { segment = { ack = una() }, choice = "only a repeated FIN starts 2MSL again" },
  ["SEG-ACK-old"] = {
    choice = "only a repeated FIN starts 2MSL again",
    { when = "of all but the FIN", segment = { ack = una(-1) } },
    { when = "MAX.SND.WND below", segment = { ack = una(-1000) } },
  },
  ["SEG-DATA-zero-window"] = words.with(common.refused "abc", { choice = "only a repeated FIN starts 2MSL again" }),
})

for event in pairs(cells) do
  if event:find "^SEG" then cells[event] = untouched(cells[event]) end
end

for _, variant in ipairs(cells["SEG-SYN"]) do variant.options = { time_wait_reopen = false } end
table.insert(cells["SEG-SYN"], {
  when = "where it could open a connection but is an old one", ways = { "listener" }, prepare = ten_seconds,
  segment = { flags = "S", seq = rcv(-1) }, replies = { words.ACK }, timers = GOES_ON,
})
cells["SEG-SYN"].choice = "RFC 6191 where somebody listens (spec/tcp/close/time_wait_spec.lua), else a challenge ACK as RFC 5961 has it"
cells["SEG-DATA-in-order"].choice = "text past the FIN is nobody's: ignored without a reply"

return common.merge(cells, {
  ["ABORT"] = common.abort_silently,
  ["STATUS"] = common.status "TIME-WAIT",
  ["SEG-RST-exact"] = {
    choice = "the letter of RFC 9293: it ends TIME-WAIT; the option rfc1337 ignores it",
    { when = "as RFC 9293 has it", segment = { flags = "R" }, next = "CLOSED" },
    { when = "with the option rfc1337", options = { rfc1337 = true }, prepare = ten_seconds, segment = { flags = "R" }, timers = GOES_ON },
  },
  ["SEG-FIN"] = {
    segment = { flags = "F.", seq = rcv(-1), ack = nxt(-1) }, prepare = ten_seconds, replies = { words.ACK }, timers = STARTS_AGAIN,
  },
  ["SEG-FIN-acking-our-FIN"] = {
    segment = { flags = "F.", seq = rcv(-1) }, prepare = ten_seconds, replies = { words.ACK }, timers = STARTS_AGAIN,
  },
  ["TIMEOUT-time-wait"] = {
    { when = "after 2 MSL", wait = 240, next = "CLOSED" },
    {
      when = "2 MSL after the FIN came again", prepare = function(p)
        p:run(100)
        p:arrive { flags = "F.", seq = rcv(-1) }
      end,
      wait = 240, next = "CLOSED",
    },
  },
})
