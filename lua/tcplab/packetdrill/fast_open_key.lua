-- SPDX-License-Identifier: MIT
-- The keys of Fast Open cookies as scripts write them: by a sysctl in four words each, by an option in bytes; the stack takes them in halves.

local verdict = require "tcplab.packetdrill.verdict"

local fast_open_key = {}

---The tunables for one key, or for two of which the second is the older.
---@param bytes string  16 or 32
---@return table<string, integer>
function fast_open_key.halves(bytes)
  if #bytes ~= 16 and #bytes ~= 32 then verdict.unsupported("a key of %d bytes", #bytes) end
  local low, high = ("<i8i8"):unpack(bytes)
  local halves = { fast_open_key_low = low, fast_open_key_high = high, fast_open_old_key_low = 0, fast_open_old_key_high = 0 }
  if #bytes == 32 then halves.fast_open_old_key_low, halves.fast_open_old_key_high = ("<i8i8"):unpack(bytes, 17) end
  return halves
end

---The bytes of "a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4", or of two of these with a comma between.
---@param text string
---@return string
function fast_open_key.bytes(text)
  local bytes = {}
  for key in text:gmatch "[^,]+" do
    local words = { key:match "^%s*(%x+)%-(%x+)%-(%x+)%-(%x+)%s*$" }
    if #words ~= 4 then verdict.unsupported("%s as a key", text) end
    for i, word in ipairs(words) do words[i] = tonumber(word, 16) & 0xffffffff end
    bytes[#bytes + 1] = ("<I4I4I4I4"):pack(table.unpack(words))
  end
  return table.concat(bytes)
end

return fast_open_key
