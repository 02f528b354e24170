-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"
local state = require "tcplab.probe.state"

local CONNECTIONS <const>, APART <const> = 40, 0.1
local GRAIN <const> = 0.02  -- how often it is looked at
local EARLIEST <const>, LATEST <const> = 0.5, 300

-- Two that end further apart are of different bursts.
local PAUSE <const> = 0.05

local function begin(subject)
  local door, all = state.door(subject), {}
  for i = 1, CONNECTIONS do
    local began = subject:now()
    all[i] = state.reach(subject, door, "TIME-WAIT")
    all[i].began = subject:now()
    subject:wait(math.max(0, began + APART - subject:now()))
  end
  return all
end

-- Each lives as long as the first, give or take some seconds: before that nobody needs to look.
local function watch(subject, all)
  local alive, ends = CONNECTIONS, {}
  local first = all[1].began
  while alive > 0 and subject:now() < first + LATEST do
    for _, it in ipairs(all) do
      if not it.ended and it.conn.state ~= "TIME-WAIT" then
        it.ended, alive = subject:now(), alive - 1
        ends[#ends + 1] = it.ended
      end
    end
    subject:wait(#ends == 0 and EARLIEST or GRAIN)
  end
  return ends
end

local function bursts(ends)
  local count = #ends > 0 and 1 or 0
  for i = 2, #ends do
    if ends[i] - ends[i - 1] > PAUSE then count = count + 1 end
  end
  return count
end

return {
  name = "time_wait_length",
  en = "How long do 40 connections stay in TIME-WAIT that came there 0.1 s apart, the shortest and the longest time, and in how many " ..
    "bursts do they end?",
  zh = "相隔 0.1 秒进入 TIME-WAIT 的 40 个连接停留多久（最短和最长），分几批结束？",
  rfc = "RFC 9293 3.6.1",
  values = { "shortest", "longest", "bursts" },
  slow = true,
  ask = function(subject)
    local all = begin(subject)
    local ends, shortest, longest = watch(subject, all), math.huge, 0
    for _, it in ipairs(all) do
      local span = (it.ended or math.huge) - it.began
      shortest, longest = math.min(shortest, span), math.max(longest, span)
    end
    return { shortest = conversation.rounded(shortest), longest = conversation.rounded(longest), bursts = bursts(ends) }
  end,
}
