-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("time_waits", ...)

-- A client with 20 ports calls the same server again and again, and closes first each time.
local function call(policy, options)
  local net = tcplab.lab { seed = 7 }
  options.address, options.port_low, options.port_high = "10.0.0.1", 50000, 50019
  local client = net:host("client", options)
  local server = net:host("server", { address = "10.0.0.2" })
  net:link(client, server, { delay = 0.010 })
  local listener = server:listen(80)
  local calls = 0
  local conn, _, code = client:connect("10.0.0.2", 80)
  while conn and calls < 60 do
    calls = calls + 1
    local peer = assert(listener:accept())
    conn:shutdown "send"
    peer:receive "*a"
    peer:close()
    net:sleep(1)
    conn, _, code = client:connect("10.0.0.2", 80)
  end
  local waiting = 0
  for each in client:connections() do waiting = waiting + (each.state == "TIME-WAIT" and 1 or 0) end
  return { policy = policy, calls = calls, code = code or "-", waiting = waiting, seconds = net:now() }
end

local plain = call("-", {})
local reuse = call("time_wait_reuse", { time_wait_reuse = it.with })
local recycle = call("time_wait_recycle", { time_wait_recycle = it.with })
for _, result in ipairs { plain, reuse, recycle } do it:say("called", result) end
it:claim(plain.code == "EADDRNOTAVAIL", "full", plain)
it:claim(reuse.calls == 60 and recycle.calls == 60, "more", { calls = reuse.calls })
it:say "answer"
