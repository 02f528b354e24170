-- SPDX-License-Identifier: MIT
-- When connections end that nobody speaks to any more, looked for at intervals.

local conversation = require "tcplab.probe.conversation"

local lifetime = {}

local GRAIN <const> = 0.05

---Waits until all have ended, or so many seconds have passed.
---@param subject tcplab.probe.subject
---@param all { conn: tcplab.connection, began: number }[]
---@param seconds number
---@return (number|"for ever")[] spans  how long each has lived since it began
function lifetime.watch(subject, all, seconds)
  local spans, alive, until_time = {}, #all, subject:now() + seconds
  for i = 1, #all do spans[i] = "for ever" end
  while alive > 0 and subject:now() < until_time do
    for i, it in ipairs(all) do
      if spans[i] == "for ever" and it.conn.state == "CLOSED" then
        spans[i], alive = conversation.rounded(subject:now() - it.began), alive - 1
      end
    end
    subject:wait(GRAIN)
  end
  return spans
end

return lifetime
