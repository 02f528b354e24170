-- SPDX-License-Identifier: MIT
require "spec.helper"
local chart = require "tcplab.draw.graph.chart"
local svg = require "tcplab.draw.svg"
local xml = require "spec.xml"

local function rounded(list)
  local texts = {}
  for i, value in ipairs(list) do texts[i] = ("%g"):format(value) end
  return table.concat(texts, " ")
end

local function panel(axes)
  local all = { from = 0, to = 2, low = 0, high = 100, kind = "bytes", label = "window" }
  for name, value in pairs(axes or {}) do all[name] = value end
  local picture = svg.new(600)
  return chart.panel(picture, 50, 200, all), function()
    picture:reach(400)
    return xml.read(picture:document("", ""))
  end
end

describe("ticks", function()
  it("are round numbers, no more than there is room for", function()
    assert.equal("0 20 40 60 80 100", rounded((chart.ticks(0, 100, 5))))
    assert.equal("0 50 100", rounded((chart.ticks(0, 100, 4))))
    assert.equal("0 0.5 1 1.5 2", rounded((chart.ticks(0, 2.3, 5))))
    assert.equal("140 160 180 200", rounded((chart.ticks(123, 217, 5))))
    assert.equal("0 2e-06 4e-06", rounded((chart.ticks(0, 5e-6, 3))))
    for most = 2, 12 do
      for _, high in ipairs { 1, 7, 99, 1234567, 0.003 } do assert.is_true(#chart.ticks(0, high, most) <= most + 1) end
    end
  end)

  it("of a logarithm are 1, 2 and 5, or powers of ten alone", function()
    assert.equal("0.02 0.05 0.1 0.2 0.5 1", rounded(chart.log_ticks(0.015, 1.5)))
    assert.equal("0.001 0.01 0.1 1 10", rounded(chart.log_ticks(0.001, 10)))
  end)
end)

describe("a panel", function()
  it("has moments from left to right and values from bottom to top", function()
    local p = panel()
    assert.same({ p.x, p.x + p.width }, { p:across(0), p:across(2) })
    assert.same({ 250, 150, 50 }, { p:up(0), p:up(50), p:up(100) })
    assert.same({ 250, 50 }, { p:up(-7), p:up(1000) })
  end)

  it("may be logarithmic", function()
    local p = panel { low = 0.01, high = 1, log = true }
    assert.equal(150, math.floor(p:up(0.1) + 0.5))
    assert.same({ 250, 50 }, { p:up(0), p:up(1) })
  end)

  it("has axes with numbers in a unit that suits them", function()
    local function told(axes, numbers)
      local p, read = panel(axes)
      p:frame()
      p:time(numbers ~= false)
      return " " .. table.concat(xml.texts(read()), " ") .. " "
    end
    local text = told { high = 2.5e6, to = 0.5 }
    for _, part in ipairs { " window, MB ", " time, ms ", " 0.5 ", " 2.5 ", " 100 ", " 500 " } do assert.is_truthy(text:find(part, 1, true), text) end
    assert.is_truthy(told({ kind = "seconds", low = 0.02, high = 2, log = true, label = "RTT" }):find("RTT, s, logarithmic", 1, true))
    assert.is_truthy(told({ kind = "seconds", high = 3e-5 }):find("window, µs", 1, true))
    assert.is_nil(told({}, false):find("time", 1, true))
  end)

  it("draws steps that keep a value until the next, to the panel's end", function()
    local p, read = panel()
    p:steps("line", { { time = 0, value = 0 }, { time = 1, value = 50 }, { time = 1, value = 100 } })
    p:steps("none", {})
    local root = read()
    local middle = svg.number(p:across(1))
    local expected = ("M84 250H%sV150V50H580"):format(middle)
    assert.equal(expected, xml.of_class(root, "line")[1].attributes.d)
    assert.equal(0, #xml.of_class(root, "none"))
  end)

  it("draws bars, lines, marks and spans", function()
    local p, read = panel()
    p:bars("broad", { { time = 0, low = 0, high = 50 }, { time = 2, low = 100, high = 100 } })
    p:line("line", { { time = 0, value = 0 }, { time = 2, value = 100 } })
    p:marks("cross", "cross", { { time = 1, value = 50 } })
    p:spans("tint", { { from = 0, to = 1 }, { from = 0.5, to = 1 }, { from = 2, to = 2 } })
    local root = read()
    assert.equal("M84 150V250M580 50V50.1", xml.of_class(root, "broad")[1].attributes.d)
    assert.equal("M84 250L580 50", xml.of_class(root, "line")[1].attributes.d)
    assert.equal("M332 150m-4 -4l8 8m0 -8l-8 8", xml.of_class(root, "cross")[1].attributes.d)
    assert.equal("M84 50H332v200H84zM580 50H580.5v200H580z", xml.of_class(root, "tint")[1].attributes.d)
  end)
end)

describe("a legend", function()
  it("goes on in another line where one is full", function()
    local picture = svg.new(600)
    local entries = {}
    for i = 1, 8 do entries[i] = { class = "line", sample = "line", text = "what it is " .. i } end
    local bottom = chart.legend(picture, 20, entries)
    picture:reach(bottom)
    local root = xml.read(picture:document("", ""))
    for _, node in ipairs(xml.find(root, function(n) return n.name == "text" end)) do
      assert.is_true(tonumber(node.attributes.x) + svg.width(node.text, 11) <= 600)
      assert.is_true(tonumber(node.attributes.y) < bottom)
    end
    assert.is_true(bottom > 60)
  end)
end)
