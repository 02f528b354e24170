-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

describe("sleep", function()
  it("lets the network run in the main chunk", function()
    local net <close> = helper.lab()
    local done = false
    net:spawn(function() net:sleep(1) done = true end)
    assert.is_true(net:sleep(3))
    assert.is_true(done)
    assert.equal(3.0, net:now())
  end)
end)

describe("a wait that nothing can end", function()
  it("answers EDEADLK", function()
    local net <close>, _, server = helper.lab()
    local listener = server:listen(80)
    local conn, message, code = listener:accept()
    assert.is_nil(conn)
    assert.equal("EDEADLK", code)
    assert.is_truthy(message:match "ever")
    assert.equal("EDEADLK", select(3, net:spawn(function() listener:accept() end):join()))
  end)
end)
