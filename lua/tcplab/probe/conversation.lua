-- SPDX-License-Identifier: MIT
-- What questions say and hear alike: handshakes by hand, and what came, as plain values.

local conversation = {}

-- Longer than any timer waits between two transmissions.
local SILENCE <const> = 300

---What a peer that can do everything offers on its SYN.
function conversation.offer() return { mss = 1460, sack_permitted = true, timestamps = true, window_scale = 7 } end

---A connection that the hand has opened to the subject's program.
---@param subject tcplab.probe.subject
---@return tcplab.hand_conversation talk
---@return tcplab.connection conn  the program's end
function conversation.established(subject)
  local listener = subject:listen(80)
  local talk = assert(subject.hand:connect(subject.address, 80, { options = conversation.offer() }))
  return talk, assert(listener:accept())
end

---A SYN to a port where the subject's program listens.
---@param subject tcplab.probe.subject
---@return tcplab.hand_conversation talk
function conversation.begun(subject)
  subject:listen(80)
  local talk = subject.hand:conversation(subject.address, 80)
  talk:send { flags = "S", seq = 0, options = conversation.offer() }
  return talk
end

---Seconds to the millisecond.
---@param seconds number
---@return number
function conversation.rounded(seconds) return (seconds * 1000 + 0.5) // 1 / 1000 end

---When what has come comes again, with nobody answering, until it does no more.
---@param talk tcplab.hand_conversation
---@param match string  as for `receive`
---@param first tcplab.Segment
---@return number[] times  counted from the first
function conversation.repeats(talk, match, first)
  local times = {}
  for segment in function() return talk:receive(match, SILENCE) end do times[#times + 1] = conversation.rounded(segment.time - first.time) end
  return times
end

local WORDS <const> = { sack_permitted = "sackOK", timestamps = "ts", window_scale = "ws" }

local function option_word(option)
  local word = WORDS[option.name] or option.name
  if option.name == "mss" or option.name == "window_scale" then return ("%s %d"):format(word, option.value) end
  return option.name == "unknown" and ("kind %d"):format(option.kind) or word
end

---What a SYN or SYN-ACK offers.
---@param segment tcplab.Segment
---@return { flags: string, options: string[], window: integer, scale?: integer }
function conversation.offered(segment)
  local options = {}
  for i, option in ipairs(segment.options) do options[i] = option_word(option) end
  return { flags = segment.flags, options = options, window = segment.window, scale = segment.options.window_scale }
end

return conversation
