-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

local MAX = 4 << 20

describe("receive-buffer tuning", function()
  -- Moves bytes over a 100 Mbit/s path with a round trip of 100 ms, and returns what the receiver's status says then, and how long it took.
  local function transfer(size, server, client)
    server.receive_buffer = server.receive_buffer or 65536
    client = client or {}
    client.send_buffer = 8 << 20
    local link = { delay = 0.05, rate = 100e6, queue = 4000 }
    local conn, peer, lab = helper.established { server = server, client = client, link = link, trace = false }
    local start, data = lab.net:now(), helper.bytes(1000):rep(size // 1000)
    lab.net:spawn(function() conn:send(data) end)
    local read = 0
    while read < #data do read = read + #assert(peer:receive(math.min(10000, #data - read))) end
    local status, took = peer:status(), lab.net:now() - start
    lab.net:close()
    return status, took
  end

  for _, timestamps in ipairs { true, false } do
    it("grows the window with what is read in a round trip, timestamps " .. tostring(timestamps), function()
      local small = { transfer(3000000, { timestamps = timestamps }) }
      local tuned = { transfer(3000000, { timestamps = timestamps, receive_buffer_max = MAX }) }
      assert.is_true(tuned[1].rcv.wnd > 500000, tostring(tuned[1].rcv.wnd))
      assert.is_true(small[1].rcv.wnd <= 65536)
      assert.is_true(tuned[1].receive_buffer > 500000 and small[1].receive_buffer == 65536)
      assert.is_true(tuned[2] < small[2] / 2, tuned[2] .. " s against " .. small[2] .. " s")
    end)
  end

  it("goes no further than its limit, for which the window scale is chosen", function()
    local status = transfer(3000000, { receive_buffer_max = 200000 })
    assert.is_true(status.rcv.wnd <= 200000)
    assert.equal(2, status.rcv.scale)
    assert.equal(7, (transfer(1000, { receive_buffer_max = MAX })).rcv.scale)
  end)

  it("goes no further than the window can say", function()
    local status = transfer(12000000, { receive_buffer = 16384, receive_buffer_max = 1 << 30 })
    assert.equal(7, status.rcv.scale)
    assert.is_true(status.receive_buffer <= 65535 << 7 and status.receive_buffer > 1000000, tostring(status.receive_buffer))
    status = transfer(3000000, { receive_buffer_max = MAX, window_scaling = false })
    assert.equal(65536, status.receive_buffer)
  end)

  it("leaves the buffer of one who reads nothing as it is", function()
    local conn, peer, lab = helper.established { server = { receive_buffer = 65536, receive_buffer_max = MAX }, trace = false }
    conn:settimeout(0)
    conn:send(helper.bytes(1000):rep(200))
    lab.net:run(30)
    local status = peer:status()
    assert.equal(65536, status.receive_buffer)
    assert.is_true(status.receive_queue > 60000 and status.receive_queue <= 65536 * 9 // 8, tostring(status.receive_queue)) -- see window_spec
    lab.net:close()
  end)
end)
