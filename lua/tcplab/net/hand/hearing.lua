-- SPDX-License-Identifier: MIT
-- What a hand hears: the calls that wait for a segment, for the next one, and for none. A source is a conversation, or the hand itself where there
-- is none yet: its `_next` waits, and answers what came and the conversation that it belongs to.

local check = require "tcplab.base.check"
local wishes = require "tcplab.net.hand.wish"

local hearing = {}

local function until_of(hand, timeout) return hand.network:_until(timeout == nil and hand._timeout or timeout, "timeout") end

---@param source tcplab.hand|tcplab.hand_conversation
function hearing.receive(hand, source, match, timeout)
  if type(match) == "number" and timeout == nil then match, timeout = nil, match end
  local wish, until_ns = wishes.read(match, "match"), until_of(hand, timeout)
  while true do
    local what, talk, code = source:_next(until_ns, "receive")
    if not what then return nil, talk, code end
    if wish:fits(talk, what) then
      hand:_keep(talk)
      return what
    end
  end
end

local function nothing(hand, message, code)
  if code == "EAGAIN" then return ("%.3f  nothing has come"):format(hand.network:now()) end
  if hand.network.closed then return message end
  return ("%.3f  nothing has come: %s"):format(hand.network:now(), message)
end

---@param source tcplab.hand|tcplab.hand_conversation
function hearing.expect(hand, source, match, timeout)
  check.type(match, "string|table|function", "match")
  local wish, until_ns = wishes.read(match, "match"), until_of(hand, timeout)
  local what, talk, code = source:_next(until_ns, "expect")
  if not what then check.fail("the segment did not come\n%s", wishes.report(wish.text, nothing(hand, talk, code))) end
  local list = wish:differences(talk, what)
  if #list > 0 then check.fail("the segment is not as expected\n%s", wishes.report(wish.text, wishes.line(hand, talk, what), list)) end
  hand:_keep(talk)
  return what
end

---@param source tcplab.hand|tcplab.hand_conversation
function hearing.quiet(hand, source, seconds)
  check.span(seconds, "seconds")
  local what, talk, code = source:_next(hand.network:_until(seconds, "seconds"), "quiet")
  if what then check.fail("a segment came where none should\n%s", wishes.report("(nothing)", wishes.line(hand, talk, what))) end
  if code ~= "EAGAIN" then return nil, talk, code end
  return true
end

return hearing
