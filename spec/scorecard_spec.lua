-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local scorecard = require "spec.tools.scorecard"
local deviations = require "spec.deviations"

describe("the scorecard", function()
  local known = {}
  for _, row in ipairs(scorecard.requirements()) do
    assert(not known[row.id], row.id .. " stands twice")
    known[row.id] = row
  end

  local function report(text)
    return helper.write(helper.folder() .. "/report", text)
  end

  it("knows every id that a spec names", function()
    local claims, count = scorecard.claims(), 0
    for id, path in pairs(claims) do
      assert.is_truthy(known[id], path .. " names #" .. id)
      count = count + 1
    end
    assert.is_true(count > 100)
  end)

  it("has for each declaration a name, a kind, a section, a reason, and ids that exist, once", function()
    local kinds = { ["not done"] = true, ["in part"] = true, otherwise = true, ["not taken"] = true, ["not applicable"] = true }
    local seen = {}
    for _, deviation in ipairs(deviations) do
      assert.is_true(kinds[deviation.kind], deviation.name)
      assert.is_true(#deviation.name > 0 and #deviation.section > 0 and #deviation.reason > 0, deviation.name)
      assert.is_truthy(deviation.event or #deviation.ids > 0, deviation.name)
      for _, id in ipairs(deviation.ids or {}) do
        assert.is_truthy(known[id], id .. " does not exist")
        assert.is_nil(seen[id], id .. " is declared twice")
        seen[id] = true
      end
    end
  end)

  it("has nothing both declared and claimed by a spec", function()
    local claims = scorecard.claims()
    for id in pairs(scorecard.declared()) do assert.is_nil(claims[id], id .. " is declared, and claimed in " .. tostring(claims[id])) end
  end)

  it("takes for proven what passed, and not what also failed, broke, was skipped or never ended", function()
    local ids = { "MUST-1", "MUST-2", "MUST-3", "MUST-4", "MUST-5" }
    local proven, count = scorecard.proven(report(table.concat({
      "begin a #MUST-1 #cell:SYN-SENT/SEG-RST-exact", "success a #MUST-1 #cell:SYN-SENT/SEG-RST-exact", "success b #MUST-2", "failure c #MUST-2",
      "error d #MUST-3", "pending e #MUST-4", "begin f #MUST-5",
    }, "\n") .. "\n"))
    for i, id in ipairs(ids) do assert.equal(i == 1 or nil, proven[id], id) end
    assert.is_true(proven["cell:SYN-SENT/SEG-RST-exact"])
    assert.equal(2, count)
  end)

  it("counts every requirement once, as proven, declared or open", function()
    local cards, total = scorecard.cards({ ["MUST-1"] = true, ["R6191-1"] = true }, { ["R6191-1"] = {}, ["R6191-2"] = {} })
    local all, sum = 0, 0
    for _ in pairs(known) do all = all + 1 end
    for _, card in ipairs(cards) do sum = sum + card.proven + card.declared + card.open end
    assert.same({ all, all, 2, 1 }, { sum, total.all, total.proven, total.declared })
    assert.equal(total.open, #total.open_rows)
  end)
end)
