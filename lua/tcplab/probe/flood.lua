-- SPDX-License-Identifier: MIT
-- Many SYNs at once, each of a conversation of its own.

local conversation = require "tcplab.probe.conversation"

local flood = {}

---@param subject tcplab.probe.subject
---@param port integer
---@param count integer
---@return tcplab.hand_conversation[]
function flood.begin(subject, port, count)
  local talks = {}
  for i = 1, count do
    talks[i] = subject.hand:conversation(subject.address, port)
    talks[i]:send { flags = "S", seq = 0, options = conversation.offer() }
  end
  return talks
end

---How many of them have heard a SYN-ACK since they were asked last.
---@param talks tcplab.hand_conversation[]
---@return integer
function flood.answered(talks)
  local count = 0
  for _, talk in ipairs(talks) do
    local heard = false
    while talk:receive("SYN-ACK", 0) do heard = true end
    count = count + (heard and 1 or 0)
  end
  return count
end

return flood
