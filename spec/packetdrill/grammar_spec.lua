-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local grammar = require "tcplab.packetdrill.grammar"

-- The first event of a script.
local function event(text)
  local script, line, column, message = grammar.read(text)
  assert.is_truthy(script, ("%s:%s: %s"):format(line, column, message))
  return script.events[1]
end

local function mistake(text)
  local script, line, column, message = grammar.read(text)
  assert.is_nil(script)
  return ("%d:%d: %s"):format(line, column, message)
end

describe("the grammar of packetdrill's scripts", function()
  it("reads times: absolute, relative, ranges, any, and the ends of calls that wait", function()
    assert.same({ from = 1.5 }, event("1.5 > . 1:1(0)").time)
    assert.same({ relative = true, from = 0.25 }, event("+.25 > . 1:1(0)").time)
    assert.same({ relative = true, from = 0.1 }, event("+ 0.1 > . 1:1(0)").time)
    assert.same({ relative = true, from = 0.3, to = 0.4 }, event("+.3~+.4 > . 1:1(0)").time)
    assert.same({ from = 1, to = 2 }, event("1~2 > . 1:1(0)").time)
    assert.same({ any = true }, event("* > . 1:1(0)").time)
    assert.same({ relative = true, from = 0, ends = 0.2 }, event("+0...0.200 accept(3, ..., ...) = 4").time)
    assert.same({ from = 1, ends = 6 }, event("1.00...6.00 close(3) = 0").time)
  end)

  it("reads segments: flags, numbers, absolute ones, ACK, window, urgent pointer", function()
    local it = event "0 < FP.5 1:11(10)! ack 7! win 100 urg 3"
    assert.same({ "FP.5", 1, 11, 10, true, 7, true, 100, 3 },
      { it.flags, it.seq, it.ends, it.length, it.absolute, it.ack, it.absolute_ack, it.window, it.urgent })
    assert.equal("-", event("0 < - 1:2(1) win 5").flags)
    local any = event "0 > S. ...(0) ack 1 <...>"
    assert.same({ true, 0, true }, { any.any_seq, any.length, any.any_options })
  end)

  it("reads every option", function()
    local list = event("0 < S 0:0(0) <mss 1460,sackOK,TS val 1 ecr 2,nop,wscale 7,sack 1:2 3:4,"
      .. "FO,FO abcd,FOEXP X,eol,ECN e1b 1 ceb 2,md5 00ff>").options
    local kinds = {}
    for i, each in ipairs(list) do kinds[i] = each.kind end
    assert.equal("mss sackOK TS nop wscale sack FO FO FOEXP eol ECN md5", table.concat(kinds, " "))
    assert.same({ { 1, 2 }, { 3, 4 } }, list[6].blocks)
    assert.same({ nil, "abcd", { symbol = "X" } }, { list[7].cookie, list[8].cookie, list[9].cookie })
    assert.same({ { name = "e1b", value = 1 }, { name = "ceb", value = 2 } }, list[11].counters)
  end)

  it("reads what IP says: the ECN bits, ttl, tos, class, hop limit", function()
    assert.equal("ect0", event("0 > [ect0] . 1:1(0)").ecn)
    assert.same({ { name = "ttl", value = 4 } }, event("0 > (ttl 4) . 1:1(0)").ip)
    assert.same({ { name = "tos", value = 0x28 } }, event("0 < (tos 0x28) . 1:1(0) win 1").ip)
  end)

  it("reads ICMP messages", function()
    local it = event "0 < icmp unreachable frag_needed mtu 1200 [1:1001(1000)]"
    assert.same({ "unreachable", "frag_needed", 1200, 1, 1000 }, { it.type, it.code, it.mtu, it.quote.seq, it.quote.length })
    assert.is_nil(event("0 < icmp packet_too_big mtu 1280 [0:0(0)]").code)
  end)

  it("reads calls: sums of flags, arrays, structures, messages, errnos and their notes", function()
    local it = event "0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = -1 EINVAL (Invalid (very))"
    assert.same({ "fcntl", "or", "EINVAL", true }, { it.name, it.arguments[3].kind, it.errno, it.result.negative })
    local poll = event "0 poll([{fd=3, events=POLLIN, revents=POLLIN}], 1, 0) = 1"
    assert.equal("struct", poll.arguments[1][1].kind)
    local message = event "0 sendmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 10}], msg_flags=0}, 0) = 10"
    assert.equal(2, #message.arguments[2][2].equals[1])
  end)

  it("reads options, commands, code and comments of both kinds", function()
    local script = assert(grammar.read [[
// a comment
--ip_version=ipv6
--strict_segments
`sysctl -q a=1`
+0 %{ assert 1 == 1 }% /* another */
+0 `true`]])
    assert.same({ "ip_version", "ipv6", "strict_segments" }, { script.options[1].name, script.options[1].value, script.options[2].name })
    assert.same({ "command", "code", "command" }, { script.events[1].kind, script.events[2].kind, script.events[3].kind })
    assert.equal("assert 1 == 1 ", script.events[2].text)
  end)

  it("names line, column and what was expected, in a text that is none", function()
    assert.equal("2:14: expected ')', not 'ack'", mistake "0 > . 1:1(0)\n+0 > . 1:1(0 ack 1")
    assert.equal("1:9: expected a number up to 4294967295, not 'x'", mistake "0 > . 1:x(0)")
    assert.equal("1:27: expected '=', not the end of the script", mistake "0 socket(..., SOCK_STREAM)")
    assert.equal("1:15: expected '...', 'mss', 'wscale', 'sackOK', 'sack', 'TS', 'nop', 'eol', 'FOEXP', 'FO', 'md5', 'ECN' or '>', not 'bogus'",
      mistake "0 > . 1:1(0) <bogus>")
    assert.is_truthy(mistake("0 accept(" .. ("["):rep(100)):find "expected at most 40 brackets in one another")
  end)

  it("gives each text that is bent from a good one an error with a place, or reads it", function()
    local good = "--mtu=1500\n0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 < S 0:0(0) win 1 <mss 1000,TS val 1 ecr 0>\n"
      .. "+0.1~+0.2 > S. 0:0(0) ack 1 <...>\n* > . 1:1(0) ack 1\n+0 %{ assert tcpi_state == 1 }%\n+0 `sysctl a=1`\n"
    local draw, errors = helper.random(1), 0
    for _ = 1, 3000 do
      local at, letters = draw(#good), "<>()[]{}|+-*~.:,=`%!\0\n x0"
      local letter = draw(#letters)
      local bent = good:sub(1, at - 1) .. letters:sub(letter, letter) .. good:sub(at + draw(3) - 1)
      local script, line, column, message = grammar.read(bent)
      if not script then
        errors = errors + 1
        assert.is_true(line >= 1 and column >= 1 and message:find "^expected " ~= nil, message)
      end
    end
    assert.is_true(errors > 1000)
  end)
end)
