-- SPDX-License-Identifier: MIT
-- Needs a TUN device: run it with `make live`, in a network namespace of its own.
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("live", ...)

local net = assert(tcplab.tun { address = "10.9.0.1/24" }) -- the kernel's end of the wire
local kernel = net:host("kernel", { kernel = true })
local server = net:host("server", { address = "10.9.0.2" }) -- ours
local listener = assert(server:listen(80))

if it.with then net.link:drop("SYN-ACK", 1) end

-- The kernel's user says hello, reads the answer to its end and closes.
local began = net:now()
local caller = net:spawn(function()
  local conn <close> = assert(kernel:connect(server, 80))
  conn:send "hello\n"
  return conn:receive "*l", conn:receive "*a"
end)

local conn = assert(listener:accept())
it:say("kernel_says", { line = assert(conn:receive "*l") })
assert(conn:send "welcome\n")
conn:shutdown "send" -- our FIN
conn:receive "*a"
it:say("kernel_hears", { line = caller:join() })
net:run(0.1)

local established -- when the handshake was over
for e in net.trace:events { moment = "state" } do
  if e.to == "ESTABLISHED" then established = e.time end
end
it:show(net)
local took = established - began
it:claim(took > 0.9, "one_timer", { took = took })
it:claim(conn.state == "TIME-WAIT", "closed")

local capture = os.getenv "TCPLAB_CAPTURE" or "build/live.pcapng" -- or here, where there is no such folder
if not net.trace:save(capture) then capture = "live.pcapng" end
assert(net.trace:save(capture))
it:say("capture", { path = capture })
net:close()
