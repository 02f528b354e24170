-- SPDX-License-Identifier: MIT
require "spec.helper"
local tcplab = require "tcplab"

describe("the identification of a packet", function()
  -- What a host sends to two others while both talk to it, on several connections, also to a port where nobody is: ids by destination, in order.
  local function ids_of(options)
    local net <close> = tcplab.lab { seed = options.seed or 7 }
    local host = net:host("host", { address = "10.0.0.1", pmtud = options.pmtud or false, mss = 200 })
    local router = net:switch "router"
    net:link(host, router, { delay = 0.001 })
    local listener = host:listen(80)
    for i = 2, 3 do
      local other = net:host("other" .. i, { address = "10.0.0." .. i })
      net:link(other, router, { delay = 0.001 })
      for _ = 1, 3 do
        net:spawn(function()
          local conn = assert(other:connect("10.0.0.1", 80))
          assert.equal(20000, #assert(conn:receive(20000)))
          conn:close()
        end)
        net:spawn(function()
          local conn = assert(listener:accept())
          conn:send(("x"):rep(20000))
          conn:close()
        end)
      end
      net:spawn(function() other:connect("10.0.0.1", 81) end)
    end
    net:run(10)
    local ids, resets = { ["10.0.0.2"] = {}, ["10.0.0.3"] = {} }, 0
    for e in net.trace:events { moment = "segment", host = "host" } do
      if e.point == "sent" then
        assert.equal(options.pmtud or false, e.segment.df)
        table.insert(ids[e.segment.destination], e.segment.ip_id)
        if e.segment.flags:find "R" then resets = resets + 1 end
      end
    end
    assert.is_true(#ids["10.0.0.2"] > 300 and resets >= 2)
    return ids["10.0.0.2"], ids["10.0.0.3"]
  end

  it("is never the same twice for one pair of hosts, whatever the connection, where routers may fragment", function()
    for _, ids in ipairs { ids_of {} } do
      local seen = {}
      for _, id in ipairs(ids) do
        assert.is_nil(seen[id])
        seen[id] = true
      end
    end
  end)

  it("begins for each pair where nobody else can know", function()
    local a, b = ids_of {}
    local c = ids_of { seed = 8 }
    assert.is_true(a[1] ~= b[1] and a[1] ~= c[1])
  end)

  -- A connection that asks and is answered twice, and a SYN to a port where nobody is: what each side sent, its kind and identification.
  local function numbered(profile)
    local net <close> = tcplab.lab { seed = 7 }
    local a = net:host("a", { address = "10.0.0.1", profile = profile })
    local b = net:host("b", { address = "10.0.0.2", profile = profile })
    net:link(a, b, { delay = 0.001 })
    local listener = b:listen(80)
    local conn = assert(a:connect(b, 80))
    local peer = assert(listener:accept())
    for _ = 1, 2 do
      conn:send "x"
      peer:receive(1)
      peer:send "y"
      conn:receive(1)
    end
    a:connect(b, 81)
    local sent = { a = {}, b = {} }
    for e in net.trace:events { moment = "segment" } do
      if e.point == "sent" then table.insert(sent[e.host.name], { e.segment.kind, e.segment.ip_id }) end
    end
    return sent
  end

  it("counts on in a host that numbers also what may not be fragmented, and is 0 on its SYN-ACKs and RSTs to strays", function()
    for name, list in pairs(numbered "linux") do
      local last
      for _, packet in ipairs(list) do
        local kind, id = packet[1], packet[2]
        if kind == "SYN-ACK" or kind == "RST" then
          assert.equal(0, id, name .. " " .. kind)
        else
          assert.is_true(id ~= 0 and (not last or id == last + 1 & 0xffff), name .. " " .. kind)
          last = id
        end
      end
      assert.is_truthy(last)
    end
  end)

  it("is 0 where routers may not", function()
    for _, id in ipairs((ids_of { pmtud = true })) do assert.equal(0, id) end
  end)
end)
