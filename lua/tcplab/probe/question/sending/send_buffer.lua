-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

-- Writes that do not wait, until no more is taken.
local function taken(conn)
  local all, text = 0, ("x"):rep(1000)
  conn:settimeout(0)
  while true do
    local sent, _, partial = conn:send(text)
    all = all + (sent or partial)
    if not sent then return all end
  end
end

return {
  name = "send_buffer",
  en = "How many bytes does send take before the first ACK, in writes of 1000?",
  zh = "每次写 1000 字节，第一个 ACK 之前 send 收下多少字节？",
  rfc = "RFC 9293 3.10.2",
  values = { "before" },
  ask = function(subject)
    local _, conn = conversation.established(subject)
    return { before = taken(conn) }
  end,
}
