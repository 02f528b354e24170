-- SPDX-License-Identifier: MIT
-- A pair of sockets that is in TIME-WAIT at the subject, and what becomes of connecting from its port again.
local reply = require "tcplab.probe.reply"
local conversation = require "tcplab.probe.conversation"

local PORT <const> = 30000

local WAYS <const> = {
  { "plain", {} }, { "reuse_address", { SO_REUSEADDR = true } }, { "reuse_no_timestamps", { SO_REUSEADDR = true }, false },
}

local names = {}
for _, way in ipairs(WAYS) do names[#names + 1] = way[1] end
names[#names + 1] = "number"

-- The program connects, closes first, and is in TIME-WAIT.
local function leave(subject, port, options)
  local talk = subject.hand:conversation(subject.address, port, { local_port = 80 })
  local conn = assert(subject:connect(80, { local_port = port, SO_REUSEADDR = true }))
  talk:expect("SYN", 2)
  talk:send { flags = "S.", seq = 0, options = options }
  talk:expect({ flags = "." }, 2)
  conn:close()
  talk:expect("FIN", 2)
  talk:send { flags = "F." }
  talk:expect({ flags = "." }, 2)
  return talk
end

local function again(subject, i, way)
  local options = conversation.offer()
  if way[3] == false then options.timestamps = nil end
  local port = PORT + i
  local talk = leave(subject, port, options)
  local next_number = talk.rcv.irs + talk.rcv.nxt
  local conn, _, code = subject:connect(80, { local_port = port, SO_REUSEADDR = way[2].SO_REUSEADDR })
  if not conn then return code end
  local words, segments = reply.wait(subject, talk)
  conn:abort()
  return segments[1] and segments[1].flags or words, segments[1] and segments[1].seq - next_number & 0xffffffff
end

return {
  name = "time_wait_reuse",
  en = "What comes of connecting at once from a port whose pair is in TIME-WAIT: bound plainly, with SO_REUSEADDR, with it where the old " ..
    "connection had no timestamps; and how far is the new ISN from SND.NXT?",
  zh = "立即从处于 TIME-WAIT 的端口再次连接会怎样：普通绑定、用 SO_REUSEADDR、用它而旧连接没有时间戳；新的 ISN 距 SND.NXT 多远？",
  rfc = "RFC 6191, RFC 9293 3.6.1",
  values = names,
  ask = function(subject)
    local answers = {}
    for i, way in ipairs(WAYS) do
      local words, number = again(subject, i, way)
      answers[way[1]], answers.number = words, answers.number or number
    end
    return answers
  end,
}
