-- SPDX-License-Identifier: MIT
-- Needs a kernel that `make kernel` has built.
local tcplab = require "tcplab"
local real = assert(tcplab.kernel()) -- from here on inside of it
local it = require("tcplab.experiment").begin("genuine", ...)

-- A request, lost on its way, and its answer, in which Linux is the client: who waits how long?
local function converse(net, link, client, server)
  link:drop({ kind = "DATA", from = client }, 1)
  local listener = assert(server:listen(80))
  net:spawn(function()
    local conn = assert(listener:accept())
    assert(conn:receive "*l")
    conn:send "welcome\n"
    conn:receive "*a"
    conn:close()
  end)
  local conn = assert(client:connect(server, 80))
  conn:send "hello\n"
  conn:receive "*l"
  net:sleep(1)
  conn:shutdown "send"
  net:sleep(5)
end

real.link:set { delay = 0.05 }
converse(real, real.link, real:host("linux", { kernel = true }), real:host("server", { address = "10.9.0.2" }))

local lab = tcplab.lab { seed = 7 }
local profile = "linux-" .. real.release:match "^%d+%.%d+"
local client = lab:host("linux", { address = "10.9.0.1", profile = it.with and profile or "rfc9293" })
local server = lab:host("server", { address = "10.9.0.2" })
converse(lab, lab:link(client, server, { delay = 0.05 }), client, server)

it:say "real"
it:show(real)
it:say "lab"
it:show(lab)
local difference, segments = tcplab.diff(lab, real, { tolerance = 0.03 })
if difference then it:show(difference) end
it:claim(difference == nil, "same", { segments = segments })
it:say "answer"
