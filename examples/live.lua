-- SPDX-License-Identifier: MIT
-- Needs a TUN device: run it with `make live`, in a network namespace of its own.
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("live", ...)

local net = assert(tcplab.tun { address = "10.9.0.1/24" }) -- the kernel's end of the wire
local server = net:host("server", { address = "10.9.0.2" }) -- ours
local listener = assert(server:listen(80))

if it.with then net.link:drop("SYN-ACK", 1) end

-- The kernel's user: a shell that says hello, reads the answer and closes.
local began = net:now()
local caller = assert(io.popen [[bash -c 'exec 3<>/dev/tcp/10.9.0.2/80 && echo hello >&3 && cat <&3' 2>&1]])

local conn = assert(listener:accept())
it:say("kernel_says", { line = assert(conn:receive "*l") })
assert(conn:send "welcome\n")
conn:shutdown "send" -- our FIN: the kernel's shell reads to the end, and closes
conn:receive "*a"
it:say("kernel_hears", { line = caller:read "l" })
caller:close()
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
