-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

describe("the rock #rock", function()
  it("installs offline and works with its tree's paths alone", function()
    helper.need("luarocks", "Debian package luarocks")
    local output, code = helper.shell "spec/tools/rock"
    assert.equal(0, code, output:sub(-4000))
  end)
end)
