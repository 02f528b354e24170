-- SPDX-License-Identifier: MIT
local attempt = require "tcplab.probe.attempt"

describe("an attempt", function()
  it("answers what the function returned, or false and what it raised", function()
    assert.same({ true, 1, 2 }, { attempt.call(function(...) return ... end, 1, 2) })
    local ran, trouble = attempt.call(error, "no", 0)
    assert.same({ false, "no" }, { ran, trouble })
  end)

  it("lets Ctrl-C through", function()
    local ran, trouble = pcall(attempt.call, error, "file:1: interrupted!", 0)
    assert.is_false(ran)
    assert.is_true(attempt.interrupted(trouble))
    assert.is_false(attempt.interrupted "closed")
  end)

  it("makes a network's wait that Ctrl-C ended raise", function()
    local network = { _wait = function() return nil, "interrupted", "EINTR" end }
    attempt.watch(network)
    assert.error_matches(function() network:_wait() end, "interrupted!")
    network = { _wait = function() return nil, "timeout", "EAGAIN" end }
    attempt.watch(network)
    assert.same({ nil, "timeout", "EAGAIN" }, { network:_wait() })
  end)
end)
