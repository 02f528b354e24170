-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local tcplab = require "tcplab"
local types = require "spec.tools.types"

describe("the types for editors", function()
  it("are those of the library", function()
    assert.equal(types.text(), helper.read(types.PATH), "bring them up to date with: lua5.4 spec/tools/types.lua")
  end)

  it("have every tunable, with its unit, its range and what it takes", function()
    local text = types.text()
    for _, option in ipairs(tcplab.options()) do
      assert.is_truthy(text:find("\n---@field " .. option.name .. "? ", 1, true), option.name)
      assert.is_truthy(text:find(('\n---| "%s"\n'):format(option.name), 1, true), option.name)
    end
    assert.is_truthy(text:find("(seconds, 0 to 86400; default 120)\n---@field msl? number\n", 1, true))
    assert.is_truthy(text:find('\n---@field congestion? "reno"|"cubic"|"tahoe"|"plain-reno"|tcplab.congestion_control\n', 1, true))
    assert.is_truthy(text:find("\n---@field linger? number|false\n", 1, true))
    assert.is_truthy(text:find("\n---@field sack? boolean\n", 1, true))
  end)

  it("have the variables of the TCB by their groups", function()
    assert.is_truthy(types.text():find("\n---@class tcplab.tcb.snd\n", 1, true))
    assert.is_truthy(types.text():find("Smoothed round-trip time, seconds; 0: not measured.\n---@field srtt number\n", 1, true))
  end)

  it("are loaded by nobody, and do no harm where they are", function() assert.is_true((pcall(require, "tcplab.types"))) end)
end)
