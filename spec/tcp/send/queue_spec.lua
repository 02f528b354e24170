-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

describe("what waits to be sent", function()
  -- What a SEND takes that may not wait, after the windows are full, and again after the peer has read.
  local function takes(lowat)
    local conn, peer, lab = helper.established { client = { notsent_lowat = lowat }, server = { receive_buffer = 20000 } }
    conn:settimeout(0)
    local function try()
      local taken, _, partly = conn:send(("x"):rep(300000))
      lab.net:sleep(1)
      return taken or partly
    end
    local first, second, full = try(), try(), try()
    peer:receive(3000)
    lab.net:sleep(1)
    local unsent = conn:status().send_queue - conn:status().flight
    local later = try()
    lab.net:close()
    return first, second, full, unsent, later
  end

  it("is what send_buffer holds, without notsent_lowat", function()
    local first, second = takes(0)
    assert.equal(262144, first + second - 20000)
  end)

  it("is notsent_lowat at most, beside what the windows let go", function()
    for _, lowat in ipairs { 1, 5000, 100000 } do
      local first, second, full, unsent, later = takes(lowat)
      assert.equal(20000 + lowat, first + second)
      assert.equal(3000, full + later)
      assert.is_true(unsent <= lowat)
    end
  end)

  it("of a blocking SEND gets through all the same, and as soon", function()
    local function time(lowat)
      local conn, peer, lab = helper.established { client = { notsent_lowat = lowat }, server = { receive_buffer = 20000 } }
      lab.net:spawn(function()
        assert(conn:send(("x"):rep(300000)))
        conn:close()
      end)
      assert.equal(300000, #peer:receive "*a")
      local now = lab.net:now()
      lab.net:close()
      return now
    end
    assert.is_true(time(4096) <= time(0) * 1.1)
  end)
end)
