-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

local tcplab = helper.tcplab

describe("tcplab show", function()
  it("shows what an experiment asks, claims and says, and its script", function()
    local output, code = tcplab "show handshake"
    assert.equal(0, code)
    for _, part in ipairs { "What does each side know", "For contrast: the server", "What it claims\n  - ", "What it says\n  - ", "{host}" } do
      assert.is_truthy(output:find(part, 1, true), output)
    end
    local source = helper.read "examples/handshake.lua"
    assert.equal(source, output:sub(-#source))
    assert.equal(source, (tcplab "show handshake --script"))
    assert.is_truthy(tcplab "show handshake --lang zh":find("初始序列号", 1, true))
  end)

  it("suggests the nearest name", function()
    local output, code = tcplab "show hand_shake"
    assert.equal(2, code)
    assert.is_truthy(output:find("did you mean 'handshake'", 1, true), output)
  end)
end)
