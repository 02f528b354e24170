-- SPDX-License-Identifier: MIT
-- The notation of `assert.trace`, read: what segments a trace should have, in the words in which the ladder and the listing tell them.

local check = require "tcplab.base.check"
local moment = require "tcplab.trace.moment"
local nearest = require "tcplab.base.nearest"
local option_words = require "tcplab.trace.option_words"
local scanners = require "tcplab.trace.scanner"

local notation = {}

---What a script says of a trace: a line for each segment in the order of their sending. What a line does not say is not compared.
---
---     client > server  SYN seq=0
---     server > client  SYN-ACK seq=0 ack=1
---     client: SYN-SENT -> ESTABLISHED            -- a change of state, between the segments around it
---     ...                                        -- any number of segments, or none
---     +0.010  client > server  DATA 1:7 ack=1 lost
---
--- A line of the listing, of a report or of `print(segment)` is one of these, and so are a ladder's labels. A word that is none of them raises.
---
--- - **Ends**: a host's name, or an address, either with `:port` if that matters; a name with spaces stands in double quotes.
--- - **Kinds**: `SYN` (without ACK), `SYN-ACK`, `FIN`, `RST`, `DATA` (anything that carries text), `ACK` (a bare one), `NONE`,
---   `ICMP type N code N`, `damaged packet`.
--- - **Numbers**: `seq=FROM`, `seq=FROM:TO` or `FROM:TO`, `ack=`, both counted from the initial sequence numbers, or as on the wire; `win=`, `urg=`;
---   `len=N` or `(N)`, bytes of text; `flags=` or `[...]`, all flags in tcpdump's letters; `URG`.
--- - **Text**: `"hello\n"`, all of it. **Options**: `<mss 1460, ts>`: each is there, with this value where one is told. Their words are those of
---   `print(segment)` and tcpdump (`wscale 3`, `sackOK`, `TS val 1 ecr 0`), the ladder's (`scale 3`, `sack ok`, `ts 1:0`) or the fields'
---   (`window_scale 3`, `sack_permitted`); `kind 99` or `99 01fe` is any other, with its bytes.
--- - **What became of it**: `lost`, `refused`, either with `: reason`; `arrived`; `retransmission`, `probe`, `duplicate`, `corrupted`, `CE`.
--- - **At an end**: `client: FROM -> TO` or `client: TO`, a state; `client: retransmission timer`, one that fired; `client: error ECONNRESET`.
---   Those that no line tells are not compared.
--- - **Time** stands first: seconds of the network's time, or with a `+` since the line before. It holds to the digits that are written, or to
---   what follows a `~`, as in `0.010~0.002`.
--- - **`--`** begins a comment.
---@class tcplab.notation
---@field lines tcplab.notation.line[]
---@field source string[]  the text, line by line

---One line.
---@class tcplab.notation.line
---@field what "gap"|"segment"|"state"|"timer"|"error"
---@field number integer   of the line, from 1
---@field time? { ns: integer, slack: integer, relative: boolean }
---@field from? string     segment: an end; others: whose it is
---@field to? string       segment: an end
---@field want? table      segment: what it should be, by field
---@field before? string   state: where it leads from
---@field after? string    state: where it leads to
---@field timer? string
---@field code? string     error

local KINDS = { "SYN", "SYN-ACK", "FIN", "RST", "DATA", "ACK", "NONE", "ICMP" }
local STATES = require "tcplab.core".states()
local TIMERS = require "tcplab.trace.moment".timers
local REMARKS = { retransmission = true, probe = true, duplicate = true, corrupted = true, CE = true }
local FATES = { lost = "lost", dropped = "lost", refused = "refused", arrived = "arrived", delivered = "arrived" }

local function set(list)
  local members = {}
  for _, name in ipairs(list) do members[name] = true end
  return members
end

local is_kind, is_state, is_timer = set(KINDS), set(STATES), set(TIMERS)

local REASONS, CODES = {}, require "tcplab.core".error_codes()
for i, reason in ipairs(moment.reasons) do REASONS[i] = reason.name end
local is_reason, is_code = set(REASONS), set(CODES)

-- "; did you mean X?", where there is one that near.
local function hint(name, names)
  local near, distance = nearest(name, names)
  return near and distance <= math.max(1, #name // 2) and ("; did you mean %s?"):format(near) or ""
end

-- ---- lines ----

-- The words of a segment; each takes what it knows and puts it into `want`.
local words = {}

local SEQ, BYTES = 0xffffffff, 0xffff

local MEANINGS = set { "echo-request", "echo-reply", "soft", "hard", "too-big", "source-quench" }

-- What follows ICMP, in the words of the listing and of print(segment).
local function icmp_words(scanner, want)
  local meaning = scanner.text:match("^%s+(%l[%l%-]+)", scanner.at)
  if MEANINGS[meaning] then want.meaning = scanner:take "%s+(%l[%l%-]+)" end
  local kind, code = scanner:take "%s+type[ =](%d+)%s+code[ =](%d+)"
  if kind then want.type, want.code = scanner:within(kind, "type", 255), scanner:within(code, "code", 255) end
  for _, name in ipairs { "mtu", "id", "sequence" } do
    local digits = scanner:take("%s+" .. name .. "=(%d+)")
    if digits then want[name] = scanner:within(digits, name, SEQ) end
  end
  if not scanner:take "%s+about%s+" then return end
  local from = scanner:an_end()
  if not scanner:take "%s*>%s*" then scanner:fail "> expected between the ends of what it is about" end
  want.about = { from = from, to = scanner:an_end(), seq = scanner:take "%s+seq=(%d+)" }
end

-- KIND, with what ICMP says.
function words.kind(scanner, want)
  local word = scanner.text:match("^%u[%u%-]*", scanner.at) or scanner.text:match("^damaged packet", scanner.at)
  if not word or not (is_kind[word] or word == "damaged packet") then return false end
  scanner:tell(want, "kind", word)
  scanner.at = scanner.at + #word
  if word == "ICMP" then icmp_words(scanner, want) end
  return true
end

function words.range(scanner, want)
  local from, to = scanner:take "seq=(%-?%d+):(%-?%d+)"
  if not from then from, to = scanner:take "(%-?%d+):(%-?%d+)" end
  if not from then return false end
  local first, last = scanner:within(from, "seq", SEQ), scanner:within(to, "seq", 2 * SEQ)
  if last < first then scanner:fail("the text from %s to %s would have less than no bytes", from, to) end
  scanner:tell(want, "seq", first)
  scanner:tell(want, "size", last - first)
  return true
end

local NUMBERS = {
  { "seq=(%-?%d+)", "seq", SEQ }, { "ack=(%-?%d+)", "ack", SEQ }, { "win=(%d+)", "window", BYTES }, { "urg=(%d+)", "urgent", BYTES },
  { "len=(%d+)", "size", BYTES }, { "%((%d+)%)", "size", BYTES },
}

function words.number(scanner, want)
  for _, each in ipairs(NUMBERS) do
    local digits = scanner:take(each[1])
    if digits then
      scanner:tell(want, each[2], scanner:within(digits, each[2], each[3]))
      return true
    end
  end
  return false
end

function words.flags(scanner, want)
  if scanner:take "URG" then
    want.urg = true
    return true
  end
  local letters = scanner:take "flags=(%S*)" or scanner:take "%[(%S*)%]"
  if not letters then return false end
  local strange = letters:match "[^FSRP.UEWe]"
  if strange then scanner:fail("flags: %q is none of the letters FSRP.UEWe", strange) end
  scanner:tell(want, "flags", letters)
  return true
end

function words.text(scanner, want)
  scanner:take "payload="
  if scanner.text:sub(scanner.at, scanner.at) ~= '"' then return false end
  scanner:tell(want, "payload", scanner:quoted())
  return true
end

local function read_option(scanner, text)
  local wanted, strange, word = option_words.read(text)
  if wanted then return wanted end
  if word then scanner:fail("option %s: %s is no value of it", word, strange) end
  scanner:fail("there is no option %s%s", strange, hint(strange, option_words.list))
end

function words.options(scanner, want)
  local list = scanner.text:match("^<([^>]*)>", scanner.at)
  if not list then return false end
  local options = {}
  for option in list:gmatch "[^,]+" do
    local text = option:match "^%s*(.-)%s*$"
    if text ~= "" then options[#options + 1] = read_option(scanner, text) end
  end
  scanner:tell(want, "options", options)
  scanner.at = scanner.at + #list + 2
  return true
end

function words.fate(scanner, want)
  local word = scanner.text:match("^%a+", scanner.at)
  if REMARKS[word] then
    want[word] = true
  elseif FATES[word] then
    scanner:tell(want, "fate", FATES[word])
  else
    return false
  end
  scanner:take "%a+"
  if not FATES[word] or FATES[word] == "arrived" then return true end
  want.reason = scanner:take ":%s*([%w%-]+)"
  if want.reason and not is_reason[want.reason] then
    scanner:fail("there is no reason %s%s", want.reason, hint(want.reason, REASONS))
  end
  return true
end

local ORDER = { "range", "number", "flags", "fate", "kind", "text", "options" }

local function segment_word(scanner, want)
  local start = scanner.at
  for _, name in ipairs(ORDER) do
    if words[name](scanner, want) then
      if not scanner:done() and not scanner:take "[%s,]+" then break end
      return
    end
  end
  scanner.at = start
  local word = scanner:word()
  local kind = word:match "^%u[%u%-]+$"
  if kind then scanner:fail("there is no kind of segment %s%s", kind, hint(kind, KINDS)) end
  scanner:fail("%s says nothing of a segment", word)
end

local function segment_line(scanner, line)
  line.what, line.want = "segment", {}
  scanner:take "%s*>%s*"
  line.to = scanner:an_end()
  scanner:skip()
  while not scanner:done() do segment_word(scanner, line.want) end
  return line
end

local function state(scanner)
  local word = scanner:word()
  if not word then scanner:fail "a state expected, got the end of the line" end
  if not is_state[word] then scanner:fail("there is no state %s%s", word, hint(word, STATES)) end
  scanner.at = scanner.at + #word
  scanner:skip()
  return word
end

local function timer(scanner)
  local name = scanner:take "([%l%-]+)%s+timer"
  if not is_timer[name] then scanner:fail("there is no %s timer%s", name, hint(name, TIMERS)) end
  return name
end

-- What happens at one end.
local function note_line(scanner, line)
  scanner:take ":%s*"
  if scanner.text:find("^error%f[%s\0]", scanner.at) then
    line.what = "error"
    scanner:take "error%s*"
    line.code = scanner:take "(%u[%u%d]*)"
    if line.code and not is_code[line.code] then scanner:fail("there is no error %s%s", line.code, hint(line.code, CODES)) end
  elseif scanner.text:find("^[%l%-]+%s+timer", scanner.at) then
    line.what, line.timer = "timer", timer(scanner)
  else
    line.what = "state"
    if not scanner:take "%->%s*" then line.after = state(scanner) end
    if not line.after or scanner:take "%->%s*" then line.before, line.after = line.after, state(scanner) end
  end
  scanner:skip()
  if not scanner:done() then scanner:fail("%s is one word too many", scanner:word()) end
  return line
end

-- A comment begins with two dashes that nothing stands before.
local function without_comment(text)
  if text:find "^%s*%-%-" then return "" end
  local quoted = false
  for at = 1, #text do
    if text:sub(at, at) == '"' then quoted = not quoted end
    if not quoted and text:find("^%s%-%-", at) then return text:sub(1, at - 1) end
  end
  return text
end

local function read_line(text, number)
  local scanner = scanners.new(without_comment(text):match "^(.-)%s*$", number)
  scanner:skip()
  if scanner:done() then return nil end
  local line = { number = number }
  if scanner:take "%.%.%.$" then
    line.what = "gap"
    return line
  end
  line.time = scanner:time()
  line.from = scanner:an_end()
  if scanner.text:find("^:", scanner.at) then return note_line(scanner, line) end
  if scanner.text:find("^%s*>", scanner.at) then return segment_line(scanner, line) end
  scanner:skip()
  return scanner:fail("> or : expected after a host's name, got %s", scanner:word() or "the end of the line")
end

local function source_lines(text)
  local lines = {}
  for line in (text:gsub("\n$", "") .. "\n"):gmatch "([^\n]*)\n" do lines[#lines + 1] = line end
  return lines
end

local function read_all(source)
  local lines = {}
  for number, text in ipairs(source) do
    local line = read_line(text, number)
    if line and not lines[1] and line.time and line.time.relative then error({ wrong = ("line %d: + needs a line before it"):format(number) }, 0) end
    lines[#lines + 1] = line
  end
  return lines
end

-- What `read` answers; nil and the message where a scanner found fault.
local function caught(read, ...)
  local ok, result = pcall(read, ...)
  if ok then return result end
  if type(result) ~= "table" or not result.wrong then error(result, 0) end
  return nil, result.wrong
end

local function segment_words(text)
  local scanner, line = scanners.new(text:match "^(.-)%s*$", 1), { want = {} }
  scanner:skip()
  line.time = scanner:time()
  while not scanner:done() do segment_word(scanner, line.want) end
  return line
end

---Reads a segment's line without its ends: "+0.200 SYN-ACK ack=1 <mss 1460>".
---@param text string
---@return { want: table, time?: table }? line  what the segment should be, by field, and when it should come
---@return string? message  names line and column
function notation.segment(text) return caught(segment_words, text) end

---Reads a text in this notation.
---@param text string
---@return tcplab.notation? parsed
---@return string? message  names line and column
function notation.parse(text)
  local source = source_lines(check.type(text, "string", "text"))
  local lines, message = caught(read_all, source)
  return lines and { lines = lines, source = source }, message
end

return notation
