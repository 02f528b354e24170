-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

local tcplab = helper.tcplab

describe("tcplab probe", function()
  local json = require "dkjson"

  it("tells the questions, in either language", function()
    local output, code = tcplab "probe --list --lang en"
    assert.equal(0, code)
    assert.is_truthy(output:find("^  syn              What does the first SYN offer%? %(RFC 9293 3%.2, RFC 7323%)\n"), output)
    assert.is_truthy(tcplab("probe icmp --list --lang zh"):find "^  icmp  SYN 得到 ICMP 差错作答时")
    local list = json.decode((tcplab "probe abort syn --list --json"))
    assert.same({ "abort", "syn" }, { list[1].name, list[2].name })
    assert.same({ "flags", "seq", "ack", "window" }, list[1].values)
  end)

  it("asks those that are named, in their order, and prints times to the millisecond", function()
    local output, code = tcplab "probe syn_ack_retries abort"
    assert.equal(0, code)
    assert.equal([[
syn_ack_retries
  times   1.000, 3.000, 7.000, 15.000, 31.000, 63.000, 123.000
abort
  flags   R
  seq     1
  ack     none
  window  0
]], output)
  end)

  it("asks all of another profile", function()
    local output, code = tcplab "probe --profile rfc793"
    assert.equal(0, code)
    assert.is_truthy(output:find "\nsyn_retries\n  times +3%.000, 9%.000, 21%.000, ")
    assert.is_truthy(output:find "\nicmp\n")
  end)

  it("prints where two profiles differ and nothing else, and answers 1 then", function()
    local output, code = tcplab "probe abort syn_retries --against rfc793"
    assert.equal(1, code)
    assert.equal([[
syn_retries times
  rfc9293  1.000, 3.000, 7.000, 15.000, 31.000, 63.000, 123.000
  rfc793   3.000, 9.000, 21.000, 45.000, 93.000, 153.000, 213.000, 273.000
syn_retries gives_up
  rfc9293  183.000
  rfc793   300.000
syn_retries code
  rfc9293  ETIMEDOUT
  rfc793   EUSERTIMEOUT
]], output)
    output, code = tcplab "probe --profile linux --against linux"
    assert.same({ "nothing differs\n", 0 }, { output, code })
  end)

  it("speaks JSON", function()
    local sheet = json.decode((tcplab "probe syn_retries abort --json"))
    assert.equal("rfc9293", sheet.subject)
    assert.same({ question = "syn_retries", values = { times = { 1, 3, 7, 15, 31, 63, 123 }, gives_up = 183, code = "ETIMEDOUT" } }, sheet.answers[1])
    assert.same({ flags = "R", seq = 1, window = 0 }, sheet.answers[2].values)
    local output, code = tcplab "probe syn_ack_retries --profile rfc793 --against rfc9293 --json"
    local told = json.decode(output)
    assert.equal(1, code)
    assert.same({ "rfc793", "rfc9293", 1 }, { told.subject, told.against, #told.differences })
    assert.same({ 1, 3, 7, 15, 31, 63, 123 }, told.differences[1].second)
    assert.same({}, json.decode((tcplab "probe syn --against rfc9293 --json")).differences)
  end)

  it("prints what comes again in a row once, with its count", function()
    local own = helper.script [[
      return { name = "own", en = "?", values = { "list" }, ask = function() return { list = { 0.0, 0.0, 0.0, 0.1, 0.1, 0.2 } } end }
    ]]
    assert.equal("own\n  list  3 x 0.000, 0.100, 0.100, 0.200\n", (tcplab("probe " .. own)))
  end)

  it("asks this machine's kernel, in its own namespaces, and compares #live", function()
    helper.need "namespace"
    local live = ("%s/tcplab probe --kernel "):format(helper.build)
    local output, code = helper.shell(live .. "syn abort closed_port")
    assert.equal(0, code, output)
    assert.is_truthy(output:find "syn\n  flags    S\n  options  mss 1460, sackOK, ts, nop, ws %d+\n  window   64240\n", output)
    assert.is_truthy(output:find "closed_port\n  syn      R%., 0, 1\n  text     R, 500, none\n", output)
    local values = json.decode((helper.shell(live .. "icmp --json"))).answers[1].values
    assert.same({ "ENETUNREACH", "EHOSTUNREACH", "ECONNREFUSED", "goes on" },
      { values.network_unreachable, values.host_unreachable, values.port_unreachable, values.source_quench })
    output, code = helper.shell(live .. "closed_port syn --against rfc793")
    assert.equal(1, code, output)
    assert.is_truthy(output:find "^syn options\n  kernel  mss 1460, sackOK, ts, nop, ws %d+\n  rfc793  mss 1460\n", output)
    assert.is_nil(output:find "closed_port")
  end)

  it("asks a question of one's own, and answers 1 when it fails", function()
    local own = helper.script [[
      return { name = "own", en = "Is it there?", values = { "address" }, ask = function(subject) return { address = subject.address } end }
    ]]
    assert.same({ "own\n  address  10.0.0.2\n", 0 }, { tcplab("probe " .. own) })
    local wrong = helper.script [[
      return { name = "wrong", en = "Does it speak?", values = {}, ask = function(subject) return subject.hand:expect("DATA", 1) end }
    ]]
    local output, code = tcplab("probe " .. wrong)
    assert.equal(1, code)
    assert.is_truthy(output:find("^tcplab: wrong: .*the segment did not come"), output)
  end)

  it("answers a question, a file or a profile that is not there with 2", function()
    local output, code = tcplab "probe sin"
    assert.equal(2, code)
    assert.is_truthy(output:find('^tcplab: there is no question "sin"; did you mean "syn"%? '), output)
    output, code = tcplab "probe --against linus"
    assert.equal(2, code)
    assert.is_truthy(output:find('^tcplab: profile: there is no "linus"; did you mean "linux"%? '), output)
    output, code = tcplab "probe ./not_there.lua"
    assert.equal(2, code)
    assert.is_truthy(output:find("not_there.lua", 1, true), output)
  end)
end)
