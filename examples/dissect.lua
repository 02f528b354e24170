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

-- The fields in their order: what each is called, and how many bytes it takes.
local fields = { { "source", 2 }, { "destination", 2 }, { "sequence", 4 }, { "acknowledgment", 4 }, { "offset", 1 }, { "flags", 1 }, { "window", 2 },
  { "checksum", 2 }, { "urgent", 2 }, { "kind", 1 }, { "length", 1 }, { "mss", 2 } }
local at, value = 0, {}
for _, field in ipairs(fields) do
  local name, size = table.unpack(field)
  value[name] = string.unpack(">I" .. size, tcp, at + 1)
  local hex = tcp:sub(at + 1, at + size):gsub(".", function(c) return ("%02x "):format(c:byte()) end)
  it:say(name, { at = at, hex = hex, value = value[name], high = value[name] >> 4, low = value[name] & 0xf })
  at = at + size
end
it:say("offset_in_words", { words = value.offset >> 4, header = (value.offset >> 4) * 4 })
it:say "flags_in_words"

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
