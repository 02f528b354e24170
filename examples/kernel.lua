-- SPDX-License-Identifier: MIT
-- Needs a TUN device: run it with `make live DEMO=kernel`, in a network namespace of its own.
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("kernel", ...)

-- One conversation, whoever calls: a line to our server, and its answer.
local function converse(net, server, kernel)
  local listener = assert(server:listen(80))
  net:spawn(function()
    local caller = assert(kernel:connect(server, 80))
    caller:send "hello\n"
    caller:receive "*l"
    caller:shutdown "send"
  end)
  local conn = assert(listener:accept())
  assert(conn:receive "*l")
  net:sleep(0.1)
  assert(conn:send "welcome\n")
  conn:receive "*a" -- until the caller has closed
  net:sleep(0.2)
end

local PATIENT = { address = "10.9.0.2", sack = false, rto_initial = 60, rto_min = 60 } -- on a slow machine, too, nothing of ours is sent again

local real = assert(tcplab.tun { address = "10.9.0.1/24" })
converse(real, real:host("server", PATIENT), real:host("kernel", { kernel = true }))

local lab = tcplab.lab { seed = 7 }
local kernel = lab:host("kernel", { address = "10.9.0.1", profile = "linux" }) -- in its stead
local server = lab:host("server", PATIENT)
local link = lab:link(kernel, server)
if not it.with then link:drop("SYN-ACK", 1) end
converse(lab, server, kernel)

it:say "real"
it:show(real)
it:say "lab"
it:show(lab)
local difference, segments = tcplab.diff(lab, real, { tolerance = 60, ignore = { "options", "window" } })
if difference then it:show(difference) end
it:claim(difference == nil, "same", { segments = segments })
it:say "answer"
real:close()
