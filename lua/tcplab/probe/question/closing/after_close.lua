-- SPDX-License-Identifier: MIT
-- The program has gone, or reads no more, and the peer says this.
local reply = require "tcplab.probe.reply"
local state = require "tcplab.probe.state"

local ENDS <const> = { "close", "shutdown_both", "shutdown_receive" }

-- Its name, whether our FIN is acknowledged before, and what is said.
local CASES <const> = {
  { "text_fin_unacknowledged", false, { payload = "hello", ack = 1 } }, { "text_fin_acknowledged_with_it", false, { payload = "hello" } },
  { "text_behind", true, { payload = "hello" } }, { "text_ahead", true, { payload = "hello", seq = 100 } },
  { "text_old", true, { payload = "h", seq = 0 } },
  { "fin", true, { flags = "F." } }, { "fin_with_text", true, { flags = "FP.", payload = "hello" } }, { "ack", true, {} },
  { "rst", true, { flags = "R" } },
  { "rst_in_window", true, { flags = "R", seq = 100 } },
  { "fin_unacknowledged", false, { flags = "F.", ack = 1 } },
}

local names = {}
for _, ending in ipairs(ENDS) do
  for _, case in ipairs(CASES) do names[#names + 1] = ending .. "_" .. case[1] end
end

local how = {}
function how.close(conn) conn:close() end
function how.shutdown_both(conn) conn:shutdown "both" end
function how.shutdown_receive(conn) conn:shutdown "receive" end

local function begin(subject, door, ending, case)
  local it = state.reach(subject, door, "ESTABLISHED")
  how[ending](it.conn)
  if ending ~= "shutdown_receive" then it.talk:expect("FIN", 2) end
  if case[2] then it.talk:send {} end
  return it
end

return {
  name = "after_close",
  en = "What answers text, a FIN, an ACK, a RST, and what state follows, when the program has closed, shut down both ways, or shut down receiving?",
  zh = "程序关闭、双向关闭或只关闭接收之后，数据、FIN、ACK、RST 得到什么作答，随后是什么状态？",
  rfc = "RFC 9293 3.10.7.4, RFC 1122 4.2.2.13",
  values = names,
  ask = function(subject)
    local door, all, answers = state.door(subject), {}, {}
    for _, ending in ipairs(ENDS) do
      for _, case in ipairs(CASES) do
        local it = begin(subject, door, ending, case)
        it.talk:send(case[3])
        all[#all + 1] = { ending .. "_" .. case[1], it, subject:now() }
      end
    end
    subject:wait(reply.PATIENCE)
    for _, each in ipairs(all) do
      local words = reply.heard(each[2].talk, each[3] + reply.PATIENCE)
      answers[each[1]] = ("%s; %s"):format(words, state.now(each[2]))
    end
    return answers
  end,
}
