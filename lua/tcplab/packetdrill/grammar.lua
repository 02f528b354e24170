-- SPDX-License-Identifier: MIT
-- The grammar of packetdrill's scripts: from text to options and events, with nothing run.

local lpeg = require "lpeg"

local P, R, S, V = lpeg.P, lpeg.R, lpeg.S, lpeg.V
local C, Cc, Cg, Cp, Ct = lpeg.C, lpeg.Cc, lpeg.Cg, lpeg.Cp, lpeg.Ct

lpeg.setmaxstack(2000)

local DEEPEST <const> = 40 -- brackets in brackets

-- ---- what tokens are made of ----

local digit, hex = R "09", R("09", "af", "AF")
local letter = R("az", "AZ") + "_"
local word = letter * (letter + digit) ^ 0
local no_letter = -(letter + digit)
local comment = P "//" * (1 - P "\n") ^ 0 + P "/*" * (1 - P "*/") ^ 0 * P "*/"
local blank = (S " \t\r\n" + comment) ^ 0

local function seconds(text) return tonumber(text) end
local function integer(text) return math.tointeger(tonumber(text)) or math.huge end

local point = P "." * -P "."
local decimal = C(digit ^ 1 * (point * digit ^ 0) ^ -1 + point * digit ^ 1) / seconds
local number = (C(P "0" * S "xX" * hex ^ 1) + C(digit ^ 1)) / integer

-- A number that is no larger; what is beyond 64 bits is none at all.
local function up_to(most)
  return lpeg.Cmt(number, function(_, position, value) return value <= most and position, value end)
end

local quoted = P '"' * C((1 - S '"\n') ^ 0) * P '"'

local function field(name, pattern) return Cg(pattern, name) end
local function flag(name) return Cg(Cc(true), name) end

---The grammar; token(name, pattern) is called for each of its tokens, and answers the pattern to use.
---@param token fun(name: string, pattern: userdata): userdata
---@return table<string, userdata>  by name: "option", "event"
local function build(token)
  -- A token may have blanks behind it; `close` is one without a name of its own.
  local function t(name, pattern) return token(name, P(pattern)) * blank end
  local function sign(text) return t("'" .. text .. "'", text) end
  local function key(text) return t("'" .. text .. "'", P(text) * no_letter) end

  local int = t("a number", up_to(math.maxinteger))
  local word32, word16 = t("a number up to 4294967295", up_to(0xffffffff)), t("a number up to 65535", up_to(0xffff))
  local octet = t("a number up to 255", up_to(255))
  local name = t("a name", C(word))

  -- -- expressions: arguments, results --

  local function list(element) return (element * (sign "," * element) ^ 0) ^ -1 end
  local expression = P {
    "expression",
    expression = Ct(field("left", V "term") * (sign "|" * V "term") ^ 1 * Cg(Cc "or", "kind")) + V "term",
    term = V "ellipsis" + V "integer" + V "string" + V "array" + V "struct" + V "named",
    ellipsis = Ct(Cg(Cc "any", "kind") * t("'...'", "...")),
    integer = Ct(Cg(Cc "number", "kind") * field("negative", sign "-" * Cc(true)) ^ -1 * field("value", int)),
    string = Ct(Cg(Cc "string", "kind") * field("value", t("a string", quoted))),
    array = Ct(Cg(Cc "array", "kind") * sign "[" * list(V "expression") * sign "]"),
    struct = Ct(Cg(Cc "struct", "kind") * sign "{" * list(V "expression") * sign "}"),
    named = Ct(Cg(Cc "name", "kind") * field("name", name) * (sign "(" * Cg(Ct(list(V "expression")), "arguments") * sign ")") ^ -1
      * (sign "=" * field("equals", V "expression")) ^ -1),
  }

  -- -- times --

  local clock = t("a time", decimal)
  local ending = t("'...'", "...") * field("ends", clock)
  local time = Ct(
    t("a time", "*") * flag "any"
    + sign "+" * flag "relative" * field("from", clock) * (sign "~" * sign "+" * field("to", clock)) ^ -1 * ending ^ -1
    + field("from", clock) * (sign "~" * field("to", clock)) ^ -1 * ending ^ -1)

  -- -- packets --

  local ecn_word = P "noecn" + "ect01" + "ect0" + "ect1" + "ce"
  local brackets = sign "[" * field("ecn", t("noecn, ect0, ect1, ect01 or ce", C(ecn_word) * no_letter)) * sign "]"
  local ip_field = Ct(field("name", t("ttl, hlim, tos, class or flowlabel", C(P "ttl" + "hlim" + "tos" + "class" + "flowlabel") * no_letter))
    * field("value", int))
  local parentheses = sign "(" * field("ip", Ct(ip_field * (sign "," * ip_field) ^ 0)) * sign ")"
  local ip = (brackets + parentheses) ^ 0

  local flags = field("flags", t("flags", C(S "SFRP.UEWA" ^ 1 * R "07" ^ -1 + "-") * no_letter))
  local exact = sign "!" * Cc(true)
  local sequence = t("'...'", "...") * sign "(" * field("length", word32) * sign ")" * flag "any_seq"
    + field("seq", word32) * sign ":" * field("ends", word32) * sign "(" * field("length", word32) * sign ")" * field("absolute", exact) ^ -1

  local bytes = t("hexadecimal digits", C(hex ^ 2) * no_letter)
  local symbol_or_bytes = bytes + Ct(field("symbol", name))
  local block = Ct(word32 * sign ":" * word32)
  local echo = key "ecr" * field("echo", word32)
  local counter = Ct(field("name", t("e0b, ceb or e1b", C(P "e0b" + "ceb" + "e1b") * no_letter)) * field("value", int))
  local function option(kind, pattern) return Ct(Cg(Cc(kind), "kind") * pattern) end
  local tcp_option =
    option("mss", key "mss" * field("value", word16))
    + option("wscale", key "wscale" * field("value", octet))
    + option("sackOK", key "sackOK")
    + option("sack", key "sack" * field("blocks", Ct(block * (sign "," ^ -1 * block) ^ 0)))
    + option("TS", key "TS" * key "val" * field("value", word32) * echo)
    + option("nop", key "nop")
    + option("eol", key "eol")
    + option("FOEXP", key "FOEXP" * field("cookie", symbol_or_bytes) ^ -1)
    + option("FO", key "FO" * field("cookie", symbol_or_bytes) ^ -1)
    + option("md5", key "md5" * (field("valid", key "valid" * Cc(true)) + field("digest", symbol_or_bytes)) ^ -1)
    + option("ECN", key "ECN" * field("counters", Ct(counter ^ 0)))
  local options = sign "<" * (t("'...'", "...") * flag "any_options" + field("options", Ct(list(tcp_option)))) * sign ">"

  local encapsulation = sign "/" * field("encapsulation", name) * (sign "(" * int * sign ">" * int * sign ")" / 0) ^ -1
  local tcp = Cg(Cc "tcp", "kind") * flags * sequence * (key "ack" * field("ack", word32) * field("absolute_ack", exact) ^ -1) ^ -1
    * (key "win" * field("window", word16)) ^ -1 * (key "urg" * field("urgent", word16)) ^ -1 * options ^ -1 * encapsulation ^ -1

  local quote = Ct(sign "[" * field("seq", word32) * sign ":" * word32 * sign "(" * field("length", word32) * sign ")"
    * encapsulation ^ -1 * sign "]")
  local mtu = field("mtu", key "mtu" * word32)
  local code = field("code", -(key "mtu") * name)
  local icmp = Cg(Cc "icmp", "kind") * key "icmp" * field("type", name) * code ^ -1 * mtu ^ -1 * field("quote", quote) ^ -1

  local protocol = C(P "udplite" + "udp" + "sctp" + "ipv4" + "ipv6" + "gre" + "mpls" + "psp") * no_letter
  local other = Cg(Cc "other", "kind") * field("protocol", t("flags, icmp or a protocol", protocol)) * (1 - P "\n") ^ 0 * blank
  local direction = field("direction", t("'<' or '>'", C(S "<>")))
  local packet = direction * ip * (icmp + other + tcp)

  -- -- the other events --

  local note = sign "(" * (1 - S "()\n" + P "(" * (1 - S "()\n") ^ 0 * ")") ^ 0 * sign ")"
  local call = Cg(Cc "call", "kind") * field("name", name) * sign "(" * field("arguments", Ct(list(expression))) * sign ")" * sign "="
    * field("result", expression) * field("errno", t("an errno", C(P "E" * word))) ^ -1 * note ^ -1
  local command = Cg(Cc "command", "kind") * t("'`'", "`") * field("text", C((1 - P "`") ^ 0)) * t("'`' that ends the command", "`")
  local snippet = Cg(Cc "code", "kind") * t("'%{'", "%{") * field("at", Cp()) * field("text", C((1 - P "}%") ^ 0))
    * t("'}%' that ends the code", "}%")

  local here = field("position", Cp())
  local shell = here * command
  local event = here * field("time", time) * (packet + shell + snippet + call)
  local setting = Ct(here * t("'--'", "--") * field("name", t("an option's name", C(word)))
    * (t("'='", "=") * field("value", t("a value", C((1 - S " \t\r\n") ^ 1)))) ^ -1)

  return { option = setting, event = Ct(event + shell) }
end

local fast = build(function(_, pattern) return pattern end)

local function read(rules)
  return blank * Ct(Ct(rules.option ^ 0) * Ct((rules.event + rules.option) ^ 0)) * Cp()
end

local reading = read(fast)

-- ---- errors ----

local function position(text, at)
  local line, last = 1, 0
  for start in text:sub(1, at - 1):gmatch "()\n" do line, last = line + 1, start end
  return line, at - last
end

local function describe(expected)
  local count = #expected
  if count <= 1 then return expected[1] or "the end of the script" end
  return table.concat(expected, ", ", 1, count - 1) .. " or " .. expected[count]
end

-- Reads once more, and notes at each token that fails what was expected: what counts is how far any got.
local function explain(text)
  local farthest, expected, seen = 0, {}, {}
  local function note(name)
    return function(_, at)
      if at > farthest then farthest, expected, seen = at, {}, {} end
      if at == farthest and not seen[name] then
        seen[name] = true
        expected[#expected + 1] = name
      end
      return false
    end
  end
  local function token(name, pattern) return pattern + lpeg.Cmt(P(true), note(name)) * P(false) end
  lpeg.match(read(build(token)), text)
  return farthest, describe(expected)
end

local function shown(text, at)
  if at > #text then return "the end of the script" end
  local found = text:match("^[%w_.]+", at) or text:match("^[^%s]", at)
  return found and "'" .. found:sub(1, 40) .. "'" or "the end of the line"
end

local function too_deep(text)
  local depth = 0
  for at, bracket in text:gmatch "()([][{}()])" do
    if bracket:find "[%[{(]" then
      depth = depth + 1
      if depth > DEEPEST then return at end
    else
      depth = math.max(depth - 1, 0)
    end
  end
end

local grammar = {}

---Reads a script.
---@param text string
---@return table? script  { options, events, line(position) }; nil where it cannot be read
---@return integer? line
---@return integer? column
---@return string? message
function grammar.read(text)
  local deep = too_deep(text)
  if deep then
    local line, column = position(text, deep)
    return nil, line, column, ("expected at most %d brackets in one another"):format(DEEPEST)
  end
  local script, ended = lpeg.match(reading, text)
  if ended > #text then return { options = script[1], events = script[2] } end
  local at, expected = explain(text)
  at = math.max(at, ended)
  local line, column = position(text, at)
  return nil, line, column, ("expected %s, not %s"):format(expected, shown(text, at))
end

grammar.position = position

return grammar
