-- SPDX-License-Identifier: MIT
-- Does the kernel tell the same story? The handshake whose SYN-ACK is lost, and the four-way teardown, with the Linux kernel as the client.
--
-- Needs a TUN device: run it with `make live`, in a network namespace of its own.
local tcplab = require "tcplab"

local net, why = tcplab.tun { address = "10.9.0.1/24" } -- the kernel's end of the wire
if not net then
  io.stderr:write("live: ", why, "\n")
  os.exit(3)
end
local server = net:host("server", { address = "10.9.0.2" }) -- ours
local listener = assert(server:listen(80))

net.link:drop("SYN-ACK", 1)

-- The kernel's user: a shell that says hello, reads the answer and closes.
local caller = assert(io.popen [[bash -c 'exec 3<>/dev/tcp/10.9.0.2/80 && echo hello >&3 && cat <&3' 2>&1]])

local conn = assert(listener:accept())
print("the kernel says:  " .. assert(conn:receive "*l"))
assert(conn:send "and hello to you\n")
conn:shutdown "send" -- our FIN: the kernel's shell reads to the end, and closes
conn:receive "*a"
print("the kernel hears: " .. caller:read "l")
caller:close()

net:run(0.1)

local first, established -- when the handshake began, and when it was over
for e in net.trace:events() do
  if e.moment == "segment" and e.segment and e.segment.kind == "SYN" then first = first or e.time end
  if e.moment == "state" and e.to == "ESTABLISHED" then established = e.time end
end
print()
print(net.trace:ladder())
print(("The lost SYN-ACK cost %.3f s: one retransmission timer, whichever rang first."):format(established - first))
assert(established - first > 0.9 and established - first < 3, "no retransmission made up for the loss in time")
assert(conn.state == "TIME-WAIT", conn.state)

local capture = os.getenv "TCPLAB_CAPTURE" or "build/live.pcapng" -- or here, where there is no such folder
if not net.trace:save(capture) then capture = "live.pcapng" end
assert(net.trace:save(capture))
print("The capture: " .. capture)
net:close()
