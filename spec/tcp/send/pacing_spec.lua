-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

describe("pacing_max", function()
  -- Bytes of text by the time they leave, and when the last does.
  local function transfer(options)
    local conn, peer, lab = helper.established { client = options }
    local start, worst, first, sent = lab.net:now(), 0, nil, 0
    lab.net:on("segment", function(e)
      if e.point ~= "sent" or e.host ~= lab.client or #e.segment.payload == 0 then return end
      first = first or e.time
      worst = math.max(worst, sent - (e.time - first) * (options.pacing_max or math.huge))
      sent = sent + #e.segment.payload
    end)
    lab.net:spawn(function()
      conn:send(("x"):rep(200000))
      conn:close()
    end)
    assert.equal(200000, #peer:receive "*a")
    local took = lab.net:now() - start
    lab.net:close()
    return took, worst
  end

  it("spreads text over time: no more leaves than so many bytes a second", function()
    local took, worst = transfer { pacing_max = 100000, nodelay = true }
    assert.is_true(took > 1.97 and took < 2.1, tostring(took))
    assert.is_true(worst < 1)
  end)

  it("does not slow down what is slower by itself", function()
    assert.is_true(math.abs(transfer { pacing_max = 10 ^ 9 // 1, nodelay = true } - transfer { nodelay = true }) < 0.02)
  end)

  it("is SO_MAX_PACING_RATE, whose -1 is no limit", function()
    local conn, _, lab = helper.established()
    assert.equal(-1, conn:getoption "SO_MAX_PACING_RATE")
    conn:setoption("SO_MAX_PACING_RATE", 5000)
    assert.equal(5000, conn:getoption "pacing_max")
    conn:setoption("SO_MAX_PACING_RATE", -1)
    assert.equal(0, conn:getoption "pacing_max")
    lab.net:close()
  end)
end)
