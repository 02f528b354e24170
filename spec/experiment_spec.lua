-- SPDX-License-Identifier: MIT
require "spec.helper"
local experiment = require "tcplab.experiment"
local settings = require "tcplab.base.settings"

local globals = package.loaded._G

-- What f prints.
local function printed(f)
  local lines, real_print = {}, globals.print
  globals.print = function(text) lines[#lines + 1] = text or "" end
  local ok, trouble = pcall(f)
  globals.print = real_print
  if not ok then error(trouble, 0) end
  return table.concat(lines, "\n")
end

local told = {
  name = "sample", question = "Why?", without = "nothing happens",
  says = { row = "{n} rows", answer = ("word "):rep(20) .. "end." },
  claims = { small = "{n} is small." },
}

describe("an experiment", function()
  before_each(function() settings.language, settings.color = "en", false end)
  after_each(function() settings.language, settings.color, settings.on_experiment = nil, nil, nil end)

  it("knows whether its point was taken away, and its other arguments", function()
    printed(function()
      local it_is = experiment.begin(told, "a", "without", "b")
      assert.same({ false, { "a", "b" } }, { it_is.with, it_is.arguments })
      assert.is_true(experiment.begin(told).with)
    end)
  end)

  it("does not take a slip for the whole experiment", function()
    local ok, message = pcall(experiment.begin, told, "wihout")
    assert.is_false(ok)
    assert.matches('"wihout": did you mean the word "without"?', message, 1, true)
  end)

  it("prints its question, then each saying and claim with a line between, rows together", function()
    local text = printed(function()
      local it_is = experiment.begin(told)
      it_is:say("row", { n = 1 })
      it_is:say("row", { n = 2 })
      it_is:show "a picture\n"
      it_is:claim(true, "small", { n = 2 })
      it_is:say "answer"
    end)
    assert.equal(("Why?\n\n1 rows\n2 rows\n\na picture\n\nX 2 is small.\n\n%s\n%s"):format(("word "):rep(16):sub(1, -2), ("word "):rep(4) .. "end."),
      (text:gsub("\n✓ ", "\nX "):gsub("\n%+ ", "\nX ")))
  end)

  it("lets a heading and a sentence stand alone, though they come again", function()
    local both = { name = "sample", question = "Why?", says = { heading = "The first:", sentence = "It is so." }, claims = {} }
    local text = printed(function()
      local it_is = experiment.begin(both)
      for _, key in ipairs { "heading", "heading", "sentence", "sentence" } do it_is:say(key) end
    end)
    assert.equal("Why?\n\nThe first:\n\nThe first:\n\nIt is so.\n\nIt is so.", text)
  end)

  it("says what is different without its point", function()
    assert.equal("Why?\nFor contrast: nothing happens", printed(function() experiment.begin(told, "without") end))
    settings.language = "zh"
    assert.equal("Why?\n对照：nothing happens", printed(function() experiment.begin(told, "without") end))
  end)

  it("raises a claim that does not hold, at the script's line, in words, with a ? for what it does not know", function()
    local ok, message = pcall(printed, function() experiment.begin(told):claim(false, "small") end)
    assert.is_false(ok)
    assert.is_truthy(message:find "experiment_spec.lua:%d+: this does not hold: %? is small%.$", message)
  end)

  it("keeps what it said and claimed", function()
    local seen
    settings.on_experiment = function(it_is) seen = it_is end
    pcall(printed, function()
      local it_is = experiment.begin(told)
      it_is:say("row", { n = 1 })
      it_is:claim(1 > 2, "small", { n = 9 })
    end)
    assert.same({ { key = "row", text = "1 rows", values = { n = 1 } } }, seen.said)
    assert.same({ { key = "small", text = "9 is small.", values = { n = 9 }, holds = false } }, seen.claims)
    assert.equal("experiment sample: 1 claims", tostring(seen))
  end)

  it("refuses a name or key that there is not, with the nearest, and a value that is missing", function()
    local function refuses(wanted, f)
      local ok, message = pcall(printed, f)
      assert.is_false(ok)
      assert.is_truthy(message:find(wanted, 1, true), message)
    end
    refuses('no text "rows" (did you mean "row"?)', function() experiment.begin(told):say "rows" end)
    refuses('no text "smal" (did you mean "small"?)', function() experiment.begin(told):claim(true, "smal") end)
    refuses('wants a value for "n"', function() experiment.begin(told):say "row" end)
    refuses('told of an experiment "handshale"; did you mean "handshake"?', function() experiment.begin "handshale" end)
    refuses("begin: question: string expected", function() experiment.begin {} end)
    refuses("say: call it with a colon", function() experiment.begin(told).say "row" end)
  end)
end)
