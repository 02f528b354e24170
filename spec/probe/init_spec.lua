-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

local probe = require "tcplab.probe"
local tcplab = require "tcplab"

local OWN <const> = [[
return {
  name = "text_back", en = "Does it answer?", values = { "flags", "seq", "nothing" }, rtt = 0.2,
  ask = function(subject)
    local talk = subject.hand:conversation(subject.address, 81)
    talk:send { flags = "S", seq = 0 }
    local answer = talk:expect "RST"
    return { flags = answer.flags, seq = answer.relative.seq, took = subject:now() }
  end,
}
]]

describe("the questions", function()
  it("have each a file of their name in the folder of their topic, a sentence in both languages, an RFC, and values that have names", function()
    local files = helper.files("lua/tcplab/probe/question", "%.lua$")
    assert.equal(#files, #probe.questions())
    for _, list in ipairs(require "tcplab.probe.catalogue") do
      for i, question in ipairs(probe.questions { list.topic }) do
        assert.equal(list[i], question.name)
        assert.equal(question, require(("tcplab.probe.question.%s.%s"):format(list.topic, question.name)))
        assert.is_truthy(question.en:find "%?$")
        assert.is_truthy(question.zh:find "？$")
        assert.is_truthy(question.rfc:find "^RFC %d")
        assert.is_true(#question.values > 0)
      end
    end
  end)

  it("answer for every profile with numbers, strings and lists of these, under the names that they tell", function()
    for _, profile in ipairs(tcplab.profiles()) do
      for _, row in ipairs(probe.ask(profile)) do
        local told = {}
        for _, name in ipairs(row.order) do told[name] = true end
        for name, value in pairs(row.values) do
          assert.is_true(told[name], row.question .. ": " .. name)
          for _, each in ipairs(type(value) == "table" and value or { value }) do
            assert.is_truthy(type(each) == "number" or type(each) == "string", row.question .. ": " .. name)
          end
        end
      end
    end
  end)

  it("are answered alike each time", function() assert.same(probe.ask "linux", probe.ask "linux") end)

  it("may be one's own, in a file", function()
    local path = helper.folder() .. "/text_back.lua"
    helper.write(path, OWN)
    local sheet = probe.ask("rfc9293", { path })
    assert.same({ { question = "text_back", order = { "flags", "seq", "nothing" }, values = { flags = "R.", seq = 0, took = 0.2 }, seconds = 0.2 },
      subject = "rfc9293", failed = {}, left_out = {} }, sheet)
  end)

  it("name what is wrong with a file, and a question that there is not", function()
    local path = helper.folder() .. "/half.lua"
    helper.write(path, "return { name = 'half', en = 'Half?', values = {} }")
    assert.has_error(function() probe.questions { path } end, path .. ": ask: function expected, got nothing")
    assert.error_matches(function() probe.questions { "sin" } end,
      '^there is no question "sin"; did you mean "syn"%? There are syn, syn_options, .*%. Topics are opening, ')
  end)
end)

describe("comparing", function()
  local function sheet(times, window)
    return { subject = "x", failed = {}, { question = "q", order = { "times", "window" }, values = { times = times, window = window } } }
  end

  it("tells each value that is not alike, a missing one too, in the order of the answers", function()
    assert.same({}, probe.compare(sheet({ 1, 2 }, 5), sheet({ 1, 2 }, 5)))
    assert.same({ { question = "q", value = "times", first = { 1, 2 }, second = { 1, 2, 3 } }, { question = "q", value = "window", first = 5 } },
      probe.compare(sheet({ 1, 2 }, 5), sheet({ 1, 2, 3 }, nil)))
    assert.same({ { question = "q", value = "times", first = { 1, 2 }, second = { 1, 4 } } }, probe.compare(sheet { 1, 2 }, sheet { 1, 4 }))
  end)

  it("lets times differ by what is allowed, and counts not", function()
    assert.same({}, probe.compare(sheet({ 1.0, 2.0 }, 5), sheet({ 1.0, 2.02 }, 5), 0.02))
    assert.equal(1, #probe.compare(sheet({ 1.0, 2.0 }, 5), sheet({ 1.0, 2.03 }, 5), 0.02))
    assert.equal(1, #probe.compare(sheet({ 1.0 }, 5), sheet({ 1.0 }, 6), 2.0))
  end)

  it("leaves out what only one was asked", function()
    assert.same({}, probe.compare(sheet { 1 }, { subject = "y", failed = {} }))
    assert.same({}, probe.compare({ subject = "y", failed = {} }, sheet { 1 }))
  end)
end)
