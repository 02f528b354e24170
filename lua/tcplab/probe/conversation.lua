-- SPDX-License-Identifier: MIT
-- What questions say and hear alike: handshakes by hand, and what came, as plain values.

local conversation = {}

-- Longer than any timer waits between two transmissions.
local SILENCE <const> = 300

---What a peer that can do everything offers on its SYN.
function conversation.offer() return { mss = 1460, sack_permitted = true, timestamps = true, window_scale = 7 } end

---A connection that the hand opens to a listener of the subject's program.
---@param subject tcplab.probe.subject
---@param listener tcplab.listener
---@param opening? tcplab.hand_options  of the hand's; what a peer offers that can do everything, where it says nothing of options
---@return tcplab.hand_conversation talk
---@return tcplab.connection conn  the program's end
function conversation.accepted(subject, listener, opening)
  opening = opening or {}
  opening.options = opening.options or conversation.offer()
  return assert(subject.hand:connect(subject.address, listener.port, opening)), assert(listener:accept())
end

---A connection that the hand has opened to the subject's program.
---@param subject tcplab.probe.subject
---@param options? table  the program's, of sockets by their C names
---@param opening? tcplab.hand_options  as of `accepted`
---@return tcplab.hand_conversation talk
---@return tcplab.connection conn  the program's end
function conversation.established(subject, options, opening)
  return conversation.accepted(subject, subject:listen(80, options), opening)
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
---@param silence? number  seconds after which it is taken not to come any more
---@return number[] times  counted from the first
function conversation.repeats(talk, match, first, silence)
  local times = {}
  for segment in function() return talk:receive(match, silence or SILENCE) end do
    times[#times + 1] = conversation.rounded(segment.time - first.time)
  end
  return times
end

---What comes until nothing does for so many seconds.
---@param talk tcplab.hand_conversation
---@param silence number
---@return tcplab.Segment[]
function conversation.heard(talk, silence)
  local list = {}
  for segment in function() return talk:receive(nil, silence) end do list[#list + 1] = segment end
  return list
end

---Seconds that the answer takes to what the hand says.
---@param talk tcplab.hand_conversation
---@param said table      as for `send`
---@param match? table|string  what the answer is; a bare ACK without
---@return number
function conversation.delay(talk, said, match)
  local sent = talk.network:now()
  talk:send(said)
  return conversation.rounded(talk:expect(match or { flags = "." }, 2).time - sent)
end

---A segment in a few words: flags, the numbers of what it carries, and its ACK, as "P. 1:11 ack 5".
---@param segment tcplab.Segment
---@return string
function conversation.words(segment)
  local seq, size, ack = segment.relative.seq, #segment.payload, segment.relative.ack
  local numbers = size > 0 and ("%d:%d"):format(seq, seq + size) or tostring(seq)
  return segment.flags .. " " .. numbers .. (ack and " ack " .. ack or "")
end

---The same of several, and when each came.
---@param segments tcplab.Segment[]
---@param since? number  what the times count from; none without
---@return string[] words
---@return number[] times
function conversation.told(segments, since)
  local words, times = {}, {}
  for i, segment in ipairs(segments) do words[i], times[i] = conversation.words(segment), conversation.rounded(segment.time - (since or 0)) end
  return words, times
end

---Fills the subject's buffer with segments of such a size, one by one, until its window is 0 or does not take one; the last may be larger than it.
---@param talk tcplab.hand_conversation
---@param size integer
---@return integer[] windows  in bytes, as they were shown behind each
function conversation.fill(talk, size)
  local windows, taken = {}, -1
  while talk.snd.wnd > 0 and talk.snd.una > taken do
    taken = talk.snd.una
    talk:send { seq = taken, flags = ".", payload = ("x"):rep(size) }
    talk:expect({ flags = "." }, 2)
    windows[#windows + 1] = talk.snd.wnd
  end
  return windows
end

---Seconds until the subject's program sees its connection end, and the code that it fails with; nil when it does not within so many seconds.
---@param subject tcplab.probe.subject
---@param conn tcplab.connection
---@param within number
---@return number? took
---@return string? code
function conversation.ended(subject, conn, within)
  local began = subject:now()
  local code, time = subject:outcome(conn, within)
  return time and conversation.rounded(time - began), code
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

---The same as a list of words: flags, window, options in their order.
---@param segment tcplab.Segment
---@return string[]
function conversation.offer_words(segment)
  local told = conversation.offered(segment)
  return table.move(told.options, 1, #told.options, 3, { told.flags, ("win %d"):format(told.window) })
end

return conversation
