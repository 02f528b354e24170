-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local hex = require "tcplab.base.hex"

describe("base 16", function()
  it("writes two small letters or digits a byte", function()
    assert.equal("00ff7f0a", hex.encode "\0\255\127\n")
    assert.equal("", hex.encode "")
  end)

  it("reads back what it wrote, in capitals too", function()
    local bytes = helper.bytes(1000, 7)
    assert.equal(bytes, hex.decode(hex.encode(bytes)))
    assert.equal(bytes, hex.decode(hex.encode(bytes):upper()))
    assert.equal("\171\171", hex.decode "aBAb")
  end)

  it("refuses what is none", function()
    for _, text in ipairs { "0", "0g", "0x", " 00", "00 " } do assert.is_nil(hex.decode(text)) end
  end)
end)
