-- SPDX-License-Identifier: MIT
require "spec.helper"
local tcplab = require "tcplab"

-- Numbers 1..n in an order that looks like none; n and 7919 have no common divisor.
local function shuffled(n)
  local list = {}
  for i = 1, n do list[i] = i * 7919 % n + 1 end
  return list
end

describe("the heap of what comes next", function()
  local net
  before_each(function() net = tcplab.lab { seed = 1 } end)
  after_each(function() net:close() end)

  it("lets events of a lab happen by time, and at one instant in the order they were scheduled", function()
    local expected, seen = {}, {}
    for number, delay in ipairs(shuffled(300)) do
      local wake = { time = delay // 10, number = number }
      expected[number] = wake
      net:spawn(function()
        net:sleep(wake.time)
        seen[#seen + 1] = wake
      end)
    end
    table.sort(expected, function(a, b)
      if a.time ~= b.time then return a.time < b.time end
      return a.number < b.number
    end)
    net:run()
    assert.same(expected, seen)
  end)

  it("wakes a stack by deadline, and at one instant in the order of setting, those taken out of the midst missing", function()
    local host = net:host("host", { address = "10.0.0.1" })
    net:link(host, (net:host("peer", { address = "10.0.0.2" }))):drop "SYN"
    local ports, conns, again = {}, {}, {}
    for _, port in ipairs(shuffled(100)) do
      conns[port] = assert(host:open { address = "10.0.0.2", port = 80, local_port = 1000 + port })
      if port % 3 ~= 0 then ports[#ports + 1] = 1000 + port end
    end
    for port = 3, 100, 3 do conns[port]:abort() end
    net:on("segment", function(e)
      if e.point == "sent" and e.segment.retransmission then again[#again + 1] = e.segment.source_port end
    end)
    net:run(1.5) -- one initial RTO
    assert.same(ports, again)
  end)
end)
