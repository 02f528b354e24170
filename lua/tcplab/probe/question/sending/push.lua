-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

-- One letter a segment, P or a dot, of what leaves of some writes.
local function letters(subject, listener, sizes)
  local talk, conn = conversation.accepted(subject, listener)
  for _, size in ipairs(sizes) do conn:send(("x"):rep(size)) end
  local list = {}
  for i, segment in ipairs(conversation.heard(talk, 0.001)) do list[i] = segment.flags:find("P", 1, true) and "P" or "." end
  return table.concat(list)
end

return {
  name = "push",
  en = "Which segments have PSH (P, else a dot) of a write of 1448 bytes, of 2 of 1448, of one of 5000, and of one of 14480?",
  zh = "写 1448 字节、两次各 1448 字节、5000 字节、14480 字节时，哪些报文段带 PSH（P，否则为点）？",
  rfc = "RFC 9293 3.9.1.2",
  values = { "full", "two_full", "large", "ten_full" },
  ask = function(subject)
    local listener = subject:listen(80)
    return {
      full = letters(subject, listener, { 1448 }), two_full = letters(subject, listener, { 1448, 1448 }),
      large = letters(subject, listener, { 5000 }), ten_full = letters(subject, listener, { 14480 }),
    }
  end,
}
