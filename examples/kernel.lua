-- SPDX-License-Identifier: MIT
-- Needs a TUN device: run it with `make live DEMO=kernel`, in a network namespace of its own.
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("kernel", ...)

local LINE = ("x"):rep(1447) .. "\n" -- a full segment, with timestamps

-- One conversation, whoever calls: three lines of our server, an answer, and a line that nobody answers.
local function converse(net, server, kernel)
  local listener = assert(server:listen(80))
  net:spawn(function()
    local caller = assert(kernel:connect(server, 80))
    caller:receive(3 * #LINE)
    caller:send "thanks\n"
    caller:receive "*l"
    net:sleep(0.1)
    caller:shutdown "send"
  end)
  local conn = assert(listener:accept())
  for _ = 1, 3 do
    net:sleep(0.1)
    conn:send(LINE)
  end
  conn:receive "*l"
  conn:send "goodbye\n"
  conn:receive "*a" -- until the caller has closed
  net:sleep(0.2)
end

-- On a slow machine, too, nothing of ours is sent again.
local PATIENT = { address = "10.9.0.2", nodelay = true, tail_loss_probe = false, rto_initial = 60, rto_min = 60 }

local real = assert(tcplab.tun { address = "10.9.0.1/24" })
converse(real, real:host("server", PATIENT), real:host("kernel", { kernel = true }))

local release = io.lines "/proc/sys/kernel/osrelease"()
local profile = tcplab.nearest_profile(release)
local lab = tcplab.lab { seed = 7 }
local kernel, server = lab:host("kernel", { address = "10.9.0.1", profile = profile }), lab:host("server", PATIENT)
local link = lab:link(kernel, server) -- the profile in the kernel's stead
if not it.with then link:drop("SYN-ACK", 1) end
converse(lab, server, kernel)

it:say("real", { release = release })
it:show(real)
it:say("lab", { profile = profile })
it:show(lab)
local difference, segments = tcplab.diff(lab, real, { tolerance = 60, ignore = { "options", "window" } })
if difference then it:show(difference) end
it:claim(difference == nil, "same", { segments = segments })
difference = tcplab.diff(lab, real, { tolerance = 0.03 })
if difference then it:show(difference) end
it:say(difference and "otherwise" or "alike", { profile = profile })
it:say "answer"
real:close()
