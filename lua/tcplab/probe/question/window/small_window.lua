-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local SIZE <const>, SPAN <const> = 2000, 2

-- What comes within the span from now on.
local function heard(subject, talk)
  local began, list = subject:now(), {}
  for segment in function() return talk:receive(nil, began + SPAN - subject:now()) end do list[#list + 1] = segment end
  return conversation.told(list, began)
end

return {
  name = "small_window",
  en = "What leaves of 2000 bytes, and when, into a window of 640 after none but 0, and into one of 512 after larger ones?",
  zh = "只见过零窗口之后窗口为 640 时，以及见过大窗口之后窗口为 512 时，2000 字节中何时发出什么？",
  rfc = "RFC 9293 3.8.6.2.1",
  values = { "after_none", "after_none_times", "after_large", "after_large_times" },
  ask = function(subject)
    local listener, values = subject:listen(80), {}
    local talk, conn = conversation.accepted(subject, listener, { window = 0 })
    conn:send(("x"):rep(SIZE))
    talk:quiet(0.1)
    talk:send { window = 5 } -- of 128 bytes, as the hand's SYN has said
    values.after_none, values.after_none_times = heard(subject, talk)
    talk, conn = conversation.accepted(subject, listener)
    for i = 1, 2 do
      talk:send { window = i == 2 and 4 or nil, payload = "x" }
      talk:expect({ ack = 1 + i }, 1)
    end
    conn:send(("x"):rep(SIZE))
    values.after_large, values.after_large_times = heard(subject, talk)
    return values
  end,
}
