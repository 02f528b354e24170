-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("dissect", ...)

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1", window_scaling = false, timestamps = false, sack = false })
local server = net:host("server", { address = "10.0.0.2" })
local link = net:link(client, server, { delay = 0.010 })
if not it.with then link:corrupt("SYN", 1) end -- one bit turns over on the way

local packet
server:on("segment", function(e) packet = packet or e.point ~= "sent" and e.bytes end)
server:listen(80)
client:connect("10.0.0.2", 80, { timeout = 0.5 })
local addresses, tcp = packet:sub(13, 20), packet:sub(21) -- of the IP header's 20 bytes the last 8 are the addresses

local names = { "Source Port", "Destination Port", "Sequence Number", "Acknowledgment Number", "Data Offset, Reserved, Flags", "Window", "Checksum",
  "Urgent Pointer", "Options" }
local values = { string.unpack(">I2I2 I4 I4 I2I2 I2I2 I4", tcp) }
local at = 0
for i, name in ipairs(names) do
  local size = (i == 3 or i == 4 or i == 9) and 4 or 2
  local hex = tcp:sub(at + 1, at + size):gsub(".", function(c) return ("%02x "):format(c:byte()) end)
  it:say("field", { at = at, last = at + size - 1, hex = hex, name = name, value = values[i] })
  at = at + size
end
local offset, reserved, flags = values[5] >> 12, values[5] >> 8 & 0xf, values[5] & 0xff
it:say("offset", { words = offset, header = offset * 4, reserved = reserved, flags = flags })
it:say("option", { kind = values[9] >> 24, length = values[9] >> 16 & 0xff, mss = values[9] & 0xffff })

-- The checksum of RFC 9293 section 3.1: 16-bit words, their carries added in again, over addresses, protocol, length and segment.
local function sum(bytes)
  local total = 0
  for i = 1, #bytes, 2 do total = total + string.unpack(">I2", bytes, i) end
  while total > 0xffff do total = (total & 0xffff) + (total >> 16) end
  return total
end
local covered = addresses .. string.pack(">I2I2", 6, #tcp) .. tcp
it:say("sum", { sum = sum(covered) })
it:claim(sum(covered) == 0xffff, "sum")
it:claim(sum(covered:sub(3) .. covered:sub(1, 2)) == sum(covered), "no_crc")
