-- SPDX-License-Identifier: MIT
-- A draft: a segment as a script says it, with numbers that count from the initial ones, made whole by what its conversation knows.

local check = require "tcplab.base.check"
local segment = require "tcplab.trace.segment"

local draft = {}

local MASK <const> = 0xffffffff
local FARTHEST <const> = 1 << 40
local SEGMENT = getmetatable(segment.wrap {})

---Whether it is a segment of its own, whose numbers are as in the header.
function draft.is_segment(given) return getmetatable(given) == SEGMENT end

local function absolute(number, base, name) return check.integer(number, name, -FARTHEST, FARTHEST) + base & MASK end

local function absolute_blocks(blocks, base)
  local list = {}
  for i, block in ipairs(check.type(blocks, "table", "options.sack")) do
    check.type(block, "table", "options.sack: a block")
    list[i] = { absolute(block[1], base, "options.sack"), absolute(block[2], base, "options.sack") }
  end
  return list
end

-- ---- options ----

-- The stamp that is due: true, or a table in which either half may be left out.
local function stamp(talk, given)
  if given == true then given = {} end
  local fields = check.type(given, "table", "options.timestamps")
  return { value = fields.value or talk.hand:_stamp(), echo = fields.echo or talk._echo or 0 }
end

-- Given by name: `true` says that it is to be there, `false` that it is not.
local function named(talk, given)
  local options = {}
  for name, value in pairs(given) do -- a set: the order is made in writing
    if value then options[name] = value end
  end
  if options.sack then options.sack = absolute_blocks(options.sack, talk.rcv.irs or 0) end
  if given.timestamps or given.timestamps == nil and talk._stamped then options.timestamps = stamp(talk, given.timestamps or true) end
  return options
end

-- Given as a list: it is written as it stands, but for numbers.
local function listed(talk, given)
  local options = {}
  for i, option in ipairs(given) do
    options[i] = option
    if type(option) == "table" and option.blocks then
      options[i] = { kind = option.kind, name = option.name, blocks = absolute_blocks(option.blocks, talk.rcv.irs or 0) }
    end
  end
  return options
end

local function options_of(talk, given)
  check.type(given, "table|nil", "options")
  if given and given[1] ~= nil then return listed(talk, given) end
  return named(talk, given or {})
end

-- ---- ends ----

-- An address given as text, as a host, or as a host's name.
local function address_of(talk, given, own, name)
  return given == nil and own or talk.hand:_address(given, name)
end

local function tcp(talk, given)
  local fields = {}
  for name, value in pairs(given) do fields[name] = value end -- each to its own name: order does not show
  local snd, rcv, text = talk.snd, talk.rcv, given.payload
  if not (given.flags or given.kind) then fields.flags = type(text) == "string" and text ~= "" and "P." or "." end
  local flags = fields.flags or segment.flags_of(given.kind)
  local opens = type(flags) == "string" and flags:find("S", 1, true)
  fields.seq = absolute(given.seq or opens and 0 or snd.nxt, snd.iss, "seq")
  local acknowledges = type(flags) == "string" and flags:find(".", 1, true)
  if given.ack or acknowledges then fields.ack = absolute(given.ack or rcv.nxt, rcv.irs or 0, "ack") end
  fields.window = given.window or rcv.wnd
  fields.options = options_of(talk, given.options)
  fields.source_port = given.source_port or talk.local_port
  fields.destination_port = given.destination_port or talk.port
  return fields
end

-- What an error is about, when nothing else is said: the last segment that carried something.
local function quoted(talk, given)
  if draft.is_segment(given) then
    return {
      source = given.source, source_port = given.source_port, destination = given.destination, destination_port = given.destination_port,
      seq = given.seq,
    }
  end
  given = given or {}
  return {
    source = given.source or talk.address, source_port = given.source_port or talk.port,
    destination = given.destination or talk.local_address, destination_port = given.destination_port or talk.local_port,
    seq = given.seq and absolute(given.seq, talk.rcv.irs or 0, "quoted.seq") or talk._carried or talk.rcv.irs or 0,
  }
end

local function icmp(talk, given)
  local fields = {}
  for name, value in pairs(given) do fields[name] = value end -- each to its own name: order does not show
  if given.body == nil and given.id == nil then fields.quoted = quoted(talk, given.quoted) end
  return fields
end

---The segment that a script's table means in a conversation.
---@param talk tcplab.hand_conversation
---@param given table
---@return tcplab.Segment
function draft.whole(talk, given)
  check.type(given, "table", "segment")
  local fields = given.kind == "ICMP" and icmp(talk, given) or tcp(talk, given)
  fields.source = address_of(talk, given.source, talk.local_address, "source")
  fields.destination = address_of(talk, given.destination, talk.address, "destination")
  return segment.new(fields)
end

---A segment of its own, of which ends that it leaves open are the conversation's.
---@param talk tcplab.hand_conversation
---@param given tcplab.Segment
---@return tcplab.Segment
function draft.closed(talk, given)
  local whole = segment.clone(given)
  whole.source, whole.destination = given.source or talk.local_address, given.destination or talk.address
  if given.kind == "ICMP" then return whole end
  whole.source_port, whole.destination_port = given.source_port or talk.local_port, given.destination_port or talk.port
  return whole
end

return draft
