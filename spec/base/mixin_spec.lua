-- SPDX-License-Identifier: MIT
local check = require "tcplab.base.check"
local mixin = require "tcplab.base.mixin"

describe("a class made of parts", function()
  local function part(fields)
    fields.__name = "thing"
    return { methods = fields }
  end

  it("has the methods of all of them", function()
    local thing = mixin({ __name = "thing" }, part { one = function() return 1 end }, part { two = function() return 2 end })
    assert.same({ 1, 2 }, { thing.one(), thing.two() })
  end)

  it("takes no method twice", function()
    local function method() end
    assert.error_matches(function() mixin({ __name = "thing" }, part { one = method }, part { one = method }) end, "^one$")
    assert.error_matches(function() mixin({ __name = "thing", one = method }, part { one = method }) end, "^one$")
  end)

  it("has its objects checked in every part, by the name that all bear", function()
    local one = part {}
    local object = setmetatable({}, mixin({ __name = "thing" }, one))
    assert.equal(object, check.self(object, one.methods, "go"))
    assert.error_matches(function() check.self(setmetatable({}, { __name = "other" }), one.methods, "go") end, "object:go")
    assert.error_matches(function() check.self(setmetatable({}, {}), one.methods, "go") end, "object:go")
    assert.error_matches(function() check.self("text", one.methods, "go") end, "object:go")
  end)
end)
