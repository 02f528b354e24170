-- SPDX-License-Identifier: MIT
require "spec.helper"
local tcplab = require "tcplab"

-- The initial sequence number of a connection that a lab with this seed opens at some time.
local function isn(seed, seconds, ends)
  local net <close> = tcplab.lab { seed = seed, trace = false }
  local host = net:host("host", { address = { "10.0.0.1", "10.0.0.7" } })
  local peer = net:host("peer", { address = { "10.0.0.2", "10.0.0.3" } })
  net:link(host, peer)
  net:run(seconds)
  local given = { address = "10.0.0.2", port = 80, local_port = 5000 }
  for name, value in pairs(ends or {}) do given[name] = value end
  return assert(host:open(given)):status().snd.iss
end

describe("the initial sequence number", function()
  it("moves on by one every four microseconds #MUST-8 #SHLD-1 #R6528-1 #R6528-3", function()
    local first = isn(1, 0)
    for _, case in ipairs { { 0.000003, 0 }, { 0.000004, 1 }, { 0.000008, 2 }, { 1, 250000 }, { 20000, 5000000000 } } do
      assert.equal((first + case[2]) & 0xffffffff, isn(1, case[1]))
    end
  end)

  it("differs with each part of the pair of sockets #SHLD-1 #R6528-1", function()
    local seen = {}
    for _, ends in ipairs { {}, { port = 81 }, { local_port = 5001 }, { address = "10.0.0.3" }, { local_address = "10.0.0.7" } } do
      local number = isn(1, 0, ends)
      assert.is_nil(seen[number])
      seen[number] = true
    end
  end)

  it("differs from host to host, by a secret #MUST-9 #R6528-2", function()
    assert.is_true(isn(1, 0) ~= isn(2, 0))
    assert.equal(isn(1, 0), isn(1, 0))
  end)

  it("is what the policy isn says, where it says something", function()
    local net <close> = tcplab.lab { seed = 1, trace = false }
    local answer = 0xffffffff
    local host = net:host("host", { address = "10.0.0.1", isn = function(conn)
      assert.equal("CLOSED", conn.state)
      return answer
    end })
    net:link(host, (net:host("peer", { address = "10.0.0.2" })))
    assert.equal(0xffffffff, host:open({ address = "10.0.0.2", port = 80 }):status().snd.iss)
    answer = nil
    assert.is_true(host:open({ address = "10.0.0.2", port = 80 }):status().snd.iss ~= 0xffffffff)
  end)
end)

describe("the timestamps' offset", function()
  it("differs from pair to pair of hosts, and not with the port #R7323-8", function()
    local net <close> = tcplab.lab { seed = 1 }
    local host = net:host("host", { address = "10.0.0.1" })
    net:link(host, (net:host("peer", { address = { "10.0.0.2", "10.0.0.3" } })))
    local stamps = {}
    net:on("segment", function(e)
      if e.sender == host and e.point == "sent" and e.segment.kind == "SYN" then stamps[#stamps + 1] = e.segment.options.timestamps.value end
    end)
    for _, address in ipairs { "10.0.0.2", "10.0.0.2", "10.0.0.3" } do host:open { address = address, port = 80 } end
    net:run(0)
    assert.equal(stamps[1], stamps[2])
    assert.is_true(stamps[1] ~= stamps[3])
  end)
end)
