-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("nat_expiry", ...)

-- A middlebox remembers a connection for a while after its last segment. What it does not remember, and is no SYN, it throws away.
local memory, silence = 300, 3600 -- seconds
local function through_middlebox(interval)
  local net = tcplab.lab { seed = 7 }
  local client = net:host("client", { address = "10.0.0.1", keepalive = interval ~= nil, keepalive_idle = interval or 7200 })
  local server = net:host("server", { address = "10.0.0.2" })
  local link = net:link(client, server, { delay = 0.010 })
  local last
  link:filter(function(segment)
    local known = last and (not it.with or net:now() - last < memory)
    if not known and segment.kind ~= "SYN" then return "drop" end
    last = net:now()
  end)
  local listener = server:listen(80)
  local conn = assert(client:connect("10.0.0.2", 80))
  local peer = assert(listener:accept())
  conn:send "hello\n"
  peer:receive "*l"
  net:sleep(silence) -- nobody has anything to say
  local asked, code, seconds = net:now(), false, nil
  conn:on("state", function(e) code, seconds = conn:status().code, e.time - asked end)
  conn:send "hello\n"
  net:run(600)
  return net, { memory = memory, silence = silence, interval = interval, code = code, seconds = seconds or 0, got = peer:status().receive_queue }
end

local net, silent = through_middlebox()
it:show(net)
local _, probing = through_middlebox(240)
it:say("silent", silent)
it:say("probing", probing)
it:claim(silent.got == 0 and silent.code == "ETIMEDOUT", "hole", silent)
it:claim(probing.got > 0, "kept", probing)
it:say "answer"
