-- SPDX-License-Identifier: MIT
-- Needs Linux 6.1 and 6.12, both built by `make kernel`.
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("versions", ...)

-- Runs inside of a kernel: when its SYNs leave, and how it gives up.
local function call_nobody()
  local net = assert(require("tcplab").kernel())
  local kernel = net:host("kernel", { kernel = true })
  net:host("nobody", { address = "10.9.0.2" })
  local times = {}
  net.link:drop("SYN", "all")
  kernel:on("segment", function(event)
    if event.point == "sent" then times[#times + 1] = ("%.2f"):format(event.time) end
  end)
  local _, _, code = kernel:connect("10.9.0.2", 80)
  return table.concat(times, " "), net:now(), code
end

-- The SYNs within ten seconds.
local function ask(version)
  local times, seconds, code = assert(tcplab.inside({ version = version }, call_nobody))
  it:say("kernel", { version = version, times = times, seconds = seconds, code = code })
  local early = 0
  for time in times:gmatch "%S+" do early = early + (tonumber(time) < 10 and 1 or 0) end
  return early
end

local older, newer = ask "6.1", ask(it.with and "6.12" or "6.1")
it:claim(newer > older, "changed", { newer = newer, older = older })
it:say "answer"
