-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("refusal", ...)

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2" })
local link = net:link(client, server, { delay = 0.010 })
if not it.with then server:listen(80) end

-- A call to a host that answers, and one to a host that cannot be heard.
local function call()
  local began = net:now()
  local conn, message, code = client:connect("10.0.0.2", 80)
  return { open = conn ~= nil, message = message or "", code = code or "", took = net:now() - began }
end

local refused = call()
link:down()
local unheard = call()

it:show(net)
for _, outcome in ipairs { refused, unheard } do it:say("outcome", outcome) end
it:claim(refused.code == "ECONNREFUSED", "refused")
it:claim(math.abs(refused.took - 0.020) < 1e-9, "round_trip", refused)
it:claim(unheard.code == "ETIMEDOUT" and unheard.took >= 180, "silence", unheard)
it:say "answer"
