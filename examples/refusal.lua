-- SPDX-License-Identifier: MIT
-- Nobody listens at the port: how does the caller learn, and how soon?
--
-- `without`: somebody listens, and the assertion fails.
local tcplab = require "tcplab"
local with = ... ~= "without"

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2" })
local link = net:link(client, server, { delay = 0.010 })
if not with then server:listen(80) end

-- A call to a host that answers, and one to a host that cannot be heard.
local function call(timeout)
  local began = net:now()
  local conn, message, code = client:connect("10.0.0.2", 80, { timeout = timeout })
  return { conn = conn, message = message, code = code, took = net:now() - began }
end

local refused = call(10)
link:down()
local unheard = call(10)
net:run(1)

print "Nobody listens at the port: how does the caller learn, and how soon?\n"
print(net.trace:ladder())
for _, it in ipairs { refused, unheard } do print(("after %6.3f s: %s (%s)"):format(it.took, it.message or "connected", it.code or "no error")) end

assert(refused.conn == nil and refused.code == "ECONNREFUSED", "the call was not refused")
assert(math.abs(refused.took - 0.020) < 1e-9, "the refusal did not come after one round trip")
assert(unheard.code == "EAGAIN" and unheard.took == 10, "silence was not met with patience")
print "By a RST, after one round trip. Only silence makes a caller wait."
return net
