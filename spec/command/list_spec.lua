-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

local tcplab = helper.tcplab

describe("tcplab list", function()
  local json = require "dkjson"

  it("tells each experiment and its question, by chapter", function()
    local output, code = tcplab "list"
    assert.equal(0, code)
    assert.is_truthy(output:find "\nOpening\n  handshake +What does each side know", output)
    assert.is_truthy(tcplab "list --lang zh":find("\n建立连接\n", 1, true))
  end)

  it("tells them as JSON", function()
    local list = json.decode((tcplab "list --json"))
    assert.is_true(#list >= 1)
    for _, it in ipairs(list) do
      assert.is_truthy(it.name and it.chapter and it.question)
      assert.is_truthy(helper.read(it.script))
    end
  end)
end)
