-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

local probe = require "tcplab.probe"
local sheet = require "tcplab.probe.sheet"

local FEW <const> = { "syn", "closed_port", "syn_retries", "abort" }

describe("a sheet of answers", function()
  it("is read back as it was written, times as times and counts as counts", function()
    for _, profile in ipairs { "rfc9293", "linux", "rfc793" } do
      local before = probe.ask(profile, FEW)
      local after = assert(sheet.parse(sheet.text(before)))
      for i, row in ipairs(before) do
        row.seconds = nil
        assert.same(row.order, after[i].order)
        for name, value in pairs(row.values) do
          assert.same(value, after[i].values[name])
          assert.equal(math.type(value), math.type(after[i].values[name]))
        end
      end
      assert.same({}, probe.compare(before, after))
      assert.equal(sheet.text(before), sheet.text(after))
    end
  end)

  it("keeps what failed, what was left out, and whether a clock was real", function()
    local it = { subject = "kernel", real = true, failed = { { question = "a", message = "b" } }, left_out = { { question = "c", message = "d" } } }
    local back = assert(sheet.parse(sheet.text(it)))
    assert.same(it, back)
  end)

  it("keeps answers to questions that are not known here, in the alphabet's order", function()
    local it = assert(sheet.parse '{"subject": "x", "answers": [{"question": "weather", "values": {"wind": 3, "rain": [0.5, "much"]}}]}')
    assert.same({ { question = "weather", order = { "rain", "wind" }, values = { wind = 3, rain = { 0.5, "much" } } },
      subject = "x", failed = {}, left_out = {} }, it)
  end)
end)

describe("a file that is no sheet", function()
  local function wrong(text) return select(2, sheet.parse(text)) end

  it("is refused, and what is wrong is named", function()
    for _, row in ipairs {
      { "", "no JSON" }, { "[", "no JSON" }, { "nul", "no JSON" }, { "{} x", "no JSON: something stands behind its end, at byte 4" },
      { ("["):rep(100000), "no JSON: it is nested too deeply" }, { "5", "the file: an object expected, got 5" },
      { "[1]", "the file: an object expected, got a list" }, { "{}", "subject: a text expected, got nothing" },
      { '{"subject": "x"}', "answers: a list expected, got nothing" },
      { '{"subject": "x", "answers": {"a": 1}}', "answers: a list expected, got an object" },
      { '{"subject": "x", "answers": [], "real": 1}', "real: true or false expected, got 1" },
      { '{"subject": "x", "answers": [], "failed": [5]}', "failed%[1%]: an object expected, got 5" },
      { '{"subject": "x", "answers": [], "left_out": [{"question": "a"}]}', "left_out%[1%]%.message: a text expected, got nothing" },
      { '{"subject": "x", "answers": [null, 1]}', "answers: a list expected, got an object" },
      { '{"subject": "x", "answers": [{"values": {}}]}', "answers%[1%]%.question: a text expected, got nothing" },
      { '{"subject": "x", "answers": [{"question": "a"}]}', "answers%[1%]%.values: an object expected, got nothing" },
      { '{"subject": "x", "answers": [{"question": "a.lua", "values": {}}]}',
        "answers%[1%]%.question: each question once, by its name" },
      { '{"subject": "x", "answers": [{"question": "a", "values": {}}, {"question": "a", "values": {}}]}',
        "answers%[2%]%.question: each question once" },
      { '{"subject": "x", "answers": [{"question": "a", "values": {"b": true}}]}',
        "answers%[1%]%.values%.b: a number, a text or a list of these expected, got true" },
      { '{"subject": "x", "answers": [{"question": "a", "values": {"b": [[1]]}}]}',
        "answers%[1%]%.values%.b%[1%]: a number or a text expected, got a list" },
      { '{"subject": "x", "answers": [{"question": "a", "values": {"b": 1e999}}]}',
        "answers%[1%]%.values%.b: .* expected, got inf" },
      { '{"subject": "\xff", "answers": []}', "subject: a text expected" },
    } do
      assert.matches(row[2], wrong(row[1]) or "taken: " .. row[1])
    end
    assert.matches("^/nowhere/x.json: No such file", select(2, sheet.read "/nowhere/x.json"))
  end)

  it("never raises, whatever bytes of a good one are others or missing", function()
    local text, draw = sheet.text(probe.ask("linux", FEW)), helper.random(7)
    for _ = 1, 3000 do
      local at, kind = draw(1, #text), draw(1, 4)
      local bytes = kind == 1 and string.char(draw(0, 255)) or kind == 2 and "" or text:sub(draw(1, #text)):sub(1, 40)
      if kind == 3 then bytes = ('{}[],:"0-e'):sub(draw(1, 10)):sub(1, 1) end
      local broken = text:sub(1, at - 1) .. bytes .. text:sub(at + draw(0, 3))
      local it, message = sheet.parse(broken)
      assert.is_true(it ~= nil or type(message) == "string")
      if it then
        assert.is_truthy(sheet.parse(sheet.text(it)))
        probe.compare(it, it)
      end
    end
  end)
end)
