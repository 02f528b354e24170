-- SPDX-License-Identifier: MIT
-- Who uses a local port: asked here by listening at it without reuse_address. That it costs nothing in a crowd: the soak idle.
local helper = require "spec.helper"
local tcplab = require "tcplab"

local ADDRESSES, PORTS = { "10.0.0.1", "10.0.0.2" }, { 255, 256, 1000, 65535 }

describe("a port's users", function()
  it("are known through any coming and going: each end that is not CLOSED bars its port at its address, and at any", function()
    local random = helper.random(11)
    local net <close> = tcplab.lab { trace = false }
    local host, far = net:host("host", { address = ADDRESSES, msl = 1 }), net:host("far", { address = "10.0.0.9" })
    net:link(host, far)
    local listener, conns = assert(far:listen(80, { backlog = 1000 })), {}

    local ways = {
      function() -- to one who answers, or to one who refuses
        local port, at = PORTS[random(#PORTS)], ADDRESSES[random(#ADDRESSES)]
        conns[#conns + 1] = host:open { address = far, port = random(79, 80), local_port = port, local_address = at }
      end,
      function()
        local port, at = PORTS[random(#PORTS)], ADDRESSES[random(#ADDRESSES)]
        conns[#conns + 1] = host:open { passive = true, local_port = port, local_address = at }
      end,
      function() if conns[1] then table.remove(conns, random(#conns)):abort() end end,
      function() if conns[1] then table.remove(conns, random(#conns)):close() end end,
      function()
        listener:settimeout(0)
        local peer = listener:accept()
        if peer then peer:close() end
      end,
      function() net:run(random(0, 300) / 100) end,
      function() if random(20) == 1 then host:reboot() end end,
    }

    local function used(port, address)
      for conn in host:connections() do
        local own, own_port = conn:getsockname()
        if own_port == port and conn.state ~= "CLOSED" and (not address or own == address) then return true end
      end
      return false
    end

    local barred = { [true] = 0, [false] = 0 }
    for _ = 1, 600 do
      ways[random(#ways)]()
      local port, address = PORTS[random(#PORTS)], ADDRESSES[random(0, #ADDRESSES)]
      local expected = used(port, address)
      local here, _, code = host:listen(port, { address = address, reuse_address = false })
      assert.equal(expected and "EADDRINUSE" or nil, code)
      if here then here:close() end
      barred[expected] = barred[expected] + 1
    end
    assert.is_true(barred[true] > 100 and barred[false] > 100)
  end)
end)
