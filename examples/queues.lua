-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("queues", ...)

local CALLS <const> = 10

-- Four half-open connections, three that wait for accept; and a program that accepts nobody.
local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2", syn_cookies = "never", drop_syn_on_overflow = false })
net:link(client, server, { delay = 0.010 })
local listener = server:listen(80, { half_open = it.with and 4 or CALLS, backlog = it.with and 3 or CALLS })

local opened, last = 0, nil
for _ = 1, CALLS do
  net:spawn(function()
    local conn = client:connect("10.0.0.2", 80, { timeout = 0.8 })
    if conn then opened, last = opened + 1, conn end
  end)
end

local at = net:now()
for _, pause in ipairs { 0.015, 0.020, 1 } do
  net:run(pause)
  at = at + pause
  local queues = listener:status()
  queues.at = at
  it:say("queues", queues)
end
local dropped = listener:status().dropped
it:say("dropped", { syns = dropped["half-open-full"], acks = dropped["backlog-full"] })
it:say "last"
it:show(net, { conn = last })
local ready = 0
for _ in listener:waiting() do ready = ready + 1 end
it:claim(dropped["half-open-full"] > 0 and opened < CALLS, "syns", { opened = opened, calls = CALLS })
it:claim(opened > ready, "believes", { opened = opened, ready = ready })
it:say "answer"
