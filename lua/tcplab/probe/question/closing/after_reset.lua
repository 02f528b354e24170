-- SPDX-License-Identifier: MIT
-- What the program reads and what sending answers, after a RST met what it had not read.
local reply = require "tcplab.probe.reply"
local state = require "tcplab.probe.state"

local CASES <const> = {
  { "nothing" }, { "text", { payload = "hello" } }, { "text_and_fin", { flags = "FP.", payload = "hello" } }, { "fin", { flags = "F." } },
}

local names = {}
for _, case in ipairs(CASES) do names[#names + 1], names[#names + 2] = case[1] .. "_receive", case[1] .. "_send" end

-- Up to the first that is no text.
local function reads(conn)
  local list = {}
  repeat
    local text, _, partial, code = conn:receive(5)
    list[#list + 1] = text or (partial ~= "" and partial) or code
  until not text
  return list
end

local function reset(subject, door, case)
  local it = state.reach(subject, door, "ESTABLISHED")
  it.conn:settimeout(1)
  if case[2] then it.talk:send(case[2]) end
  it.talk:send { flags = "R" }
  reply.wait(subject, it.talk)
  return it.conn
end

return {
  name = "after_reset",
  en = "What does the program read, up to an error, and what does it get for sending, after a RST that came behind nothing, text, text and FIN, FIN?",
  zh = "RST 在无数据、数据、数据和 FIN、FIN 之后到来，程序直到出错为止读到什么，发送得到什么？",
  rfc = "RFC 9293 3.10.7.4",
  values = names,
  ask = function(subject)
    local door, answers = state.door(subject), {}
    for _, case in ipairs(CASES) do
      answers[case[1] .. "_receive"] = reads(reset(subject, door, case))
      local _, _, _, code = reset(subject, door, case):send "hello"
      answers[case[1] .. "_send"] = code or "sent"
    end
    return answers
  end,
}
