-- SPDX-License-Identifier: MIT
require "spec.helper"
local json = require "tcplab.base.json"

describe("JSON", function()
  it("puts the wanted keys first and all others by the alphabet, at any depth", function()
    local value = { b = 1, z = { y = 2, name = "n", a = 3 }, a = true, name = "top" }
    local keys = {}
    for key in json.text(value, { "name" }):gmatch '"(%a+)":' do keys[#keys + 1] = key end
    assert.equal("name a b z name a y", table.concat(keys, " "))
  end)

  it("knows an empty list from an empty object", function()
    assert.equal("[]\n", json.text(json.array {}))
    assert.equal("{\n}\n", json.text(json.object {}))
    assert.equal('{\n  "a":1\n}\n', json.text(json.object { a = 1 }))
  end)

  it("is UTF-8 whatever it is given", function()
    assert.equal('"\\ufffdA"\n', json.text "\xffA")
    assert.equal('"größe"\n', json.text "größe")
  end)

  it("has words for what it cannot hold", function()
    local thing = setmetatable({}, { __tostring = function() return 'the "thing"' end })
    thing.itself = thing
    local shown = require("dkjson").decode(json.text { print, thing, false })
    assert.equal("a function", shown[1])
    assert.same({ 'the "thing"', false }, { shown[2], shown[3] })
  end)
end)
