-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local narration = require "tcplab.narration"
local settings = require "tcplab.base.settings"

describe("a text", function()
  it("is filled with values: integers and strings as they are, other numbers with three decimals, lists joined by commas", function()
    assert.equal("a 7 0.250 SYN, ACK 5", narration.fill("{s} {i} {f} {l} {i2}", { s = "a", i = 7, f = 0.25, l = { "SYN", "ACK" }, i2 = 5 }))
  end)

  it("formats a value, joins a list otherwise, and chooses by true or false", function()
    assert.equal(" 1.5|ab  ", narration.fill("{n:%4.1f}|{s:%-4s}", { n = 1.5, s = "ab" }))
    assert.equal("A > B", narration.fill("{path: > }", { path = { "A", "B" } }))
    assert.equal("was heard", narration.fill("{heard?was|was not} heard", { heard = true }))
    assert.equal("was not heard", narration.fill("{heard?was|was not} heard", { heard = false }))
    assert.equal("it came", narration.fill("it came{late? late}", { late = false }))
    assert.equal("in 3 s", narration.fill("{open?in {after} s|{why}}", { open = true, after = 3 }))
    assert.equal("{ } {1}", narration.fill("{ } {1}", {}))
  end)

  it("raises when a value is missing, naming it and blaming the script's line", function()
    local ok, message = pcall(narration.fill, "after {rtt} s", { rttt = 1 })
    assert.is_false(ok)
    assert.is_truthy(message:find('wants a value for "rtt": after {rtt} s', 1, true), message)
    assert.equal("after ? s", narration.fill("after {rtt} s", {}, "?"))
  end)
end)

describe("the language", function()
  after_each(function() settings.language = nil end)

  local function speaks(environment)
    return (helper.shell(environment .. " LUA_PATH='lua/?.lua' lua5.4 -e 'print(require(\"tcplab.narration\").language())'"):gsub("%s+$", ""))
  end

  it("is what the locale says, LC_ALL before LC_MESSAGES before LANG, and English by default", function()
    assert.equal("zh", speaks "LC_ALL=zh_CN.UTF-8 LANG=en_US.UTF-8")
    assert.equal("zh", speaks "LC_ALL= LC_MESSAGES=zh_TW LANG=en_US.UTF-8")
    assert.equal("zh", speaks "LC_ALL= LC_MESSAGES= LANG=zh_CN.GB18030")
    assert.equal("en", speaks "LC_ALL=C LC_MESSAGES=zh_CN LANG=zh_CN")
    assert.equal("en", speaks "LC_ALL= LC_MESSAGES= LANG=")
  end)

  it("is what was asked for, before all", function()
    settings.language = "zh"
    assert.equal("zh", narration.language())
  end)
end)
