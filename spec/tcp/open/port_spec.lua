-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local tcplab = require "tcplab"

local ALL = { "random", "random-retry", "hash", "double-hash", "random-increments", "sequential" }
local A, B, C = "10.0.0.2", "10.0.0.3", "10.0.0.4"

describe("ephemeral ports", function()
  local net
  after_each(function() net:close() end)

  local function host_with(options, seed)
    net = tcplab.lab { seed = seed or 7, trace = false }
    options.address = "10.0.0.1"
    local host = net:host("host", options)
    net:link(host, (net:host("peer", { address = { A, B, C } })))
    return host
  end

  local function port_for(host, address) return assert(host:open { address = address or A, port = 80 }):status().local_port end

  local function ports_for(host, count, address)
    local list = {}
    for i = 1, count do list[i] = port_for(host, address) end
    return list
  end

  it("come from 49152 to 65535, or from the range that is given", function()
    for _, port in ipairs(ports_for(host_with {}, 200)) do assert.is_true(port >= 49152) end
    net:close()
    for _, port in ipairs(ports_for(host_with { port_low = 2000, port_high = 2010 }, 11)) do assert.is_true(port >= 2000 and port <= 2010) end
    net:close()
    local linux = host_with { profile = "linux" }
    for _, port in ipairs(ports_for(linux, 200)) do assert.is_true(port >= 32768 and port <= 60999) end
  end)

  for _, selection in ipairs(ALL) do
    describe("chosen as " .. selection, function()
      it("are all found, each once; then there is none left, with a name, for this destination alone", function()
        local host = host_with { port_selection = selection, port_low = 2000, port_high = 2037 }
        local ports = ports_for(host, 38)
        table.sort(ports)
        for i, port in ipairs(ports) do assert.equal(1999 + i, port) end
        assert.same({ nil, "every ephemeral port is in use", "EADDRNOTAVAIL", n = 3 },
          table.pack(host:open { address = A, port = 80 }))
        assert.is_number(port_for(host, B))
        assert.is_truthy(host:open { address = A, port = 81 })
      end)

      it("are found to the last one with whatever numbers are drawn", function()
        for seed = 1, 12 do
          assert.equal(12, #ports_for(host_with({ port_selection = selection, port_low = 2000, port_high = 2011 }, seed), 12))
          net:close()
        end
        net = tcplab.lab()
      end)

      it("pass over those at which somebody listens", function()
        local host = host_with { port_selection = selection, port_low = 2000, port_high = 2003 }
        for _, port in ipairs { 2000, 2001, 2003 } do assert(host:listen(port)) end
        assert.equal(2002, port_for(host))
        assert.is_nil((host:open { address = A, port = 80 }))
      end)

      it("are the same with the same seed, and again usable when they are free", function()
        local first = ports_for(host_with({ port_selection = selection, port_low = 1024 }, 3), 20)
        net:close()
        local host = host_with({ port_selection = selection, port_low = 1024 }, 3)
        assert.same(first, ports_for(host, 20))
        for _, conn in ipairs(host:connections()) do conn:abort() end
        net:run(0)
        assert.equal(20, #ports_for(host, 20))
      end)
    end)
  end

  describe("with port_parity", function()
    local function parity(ports)
      local odd = 0
      for _, port in ipairs(ports) do odd = odd + port % 2 end
      return odd
    end

    it("are even for active OPENs and odd for listeners, as Linux has it", function()
      local host = host_with { profile = "linux" }
      assert.equal(0, parity(ports_for(host, 50)))
      local listeners = {}
      for i = 1, 50 do listeners[i] = assert(host:listen(0)).port end
      assert.equal(50, parity(listeners))
    end)

    for _, selection in ipairs(ALL) do
      it("are all found chosen as " .. selection .. ", those of the other half last", function()
        for high = 2006, 2007 do
          local count = high - 1999
          local ports = ports_for(host_with { port_selection = selection, port_low = 2000, port_high = high, port_parity = true }, count)
          local own = (count + 1) // 2
          assert.equal(0, parity { table.unpack(ports, 1, own) })
          assert.equal(count - own, parity { table.unpack(ports, own + 1) })
          table.sort(ports)
          assert.same({ 2000, high }, { ports[1], ports[#ports] })
          net:close()
        end
        host_with {}
      end)
    end

    it("of a range of one it is for both", function()
      local host = host_with { port_low = 2000, port_high = 2000, port_parity = true }
      assert.equal(2000, assert(host:listen(0)).port)
    end)
  end)

  it("for a listener come the same way, and passive OPENs too", function()
    local host = host_with { port_selection = "sequential", port_low = 3000, port_high = 3002 }
    local ports = { assert(host:listen(0)).port, assert(host:open { passive = true }):status().local_port, assert(host:listen(0)).port }
    assert.same({ 3000, 3001, 3002 }, ports)
    assert.same({ nil, "every ephemeral port is in use", "EADDRNOTAVAIL", n = 3 }, table.pack(host:listen(0)))
  end)

  it("for a listener pass over those that connections use, where reuse_address is off", function()
    local host = host_with { port_low = 3000, port_high = 3003 }
    local used = {}
    for _, port in ipairs(ports_for(host, 2)) do used[port] = true end
    for _ = 1, 2 do assert.is_nil(used[assert(host:listen(0, { reuse_address = false })).port]) end
    assert.is_nil((host:listen(0, { reuse_address = false })))
    for _ = 1, 2 do assert.is_true(used[assert(host:listen(0, { reuse_address = true })).port]) end
  end)

  it("are none when the range is empty", function()
    assert.equal("EADDRNOTAVAIL", select(3, host_with({ port_low = 3000, port_high = 2999 }):open { address = A, port = 80 }))
  end)

  -- Counts of the quarters of the range.
  local function quarters(ports)
    local counts = { 0, 0, 0, 0 }
    for _, port in ipairs(ports) do
      local quarter = (port - 1024) * 4 // 64512 + 1
      counts[quarter] = counts[quarter] + 1
    end
    return counts
  end

  it("spread evenly where they are random", function()
    for _, selection in ipairs { "random", "random-retry", "random-increments" } do
      for _, count in ipairs(quarters(ports_for(host_with { port_selection = selection, port_low = 1024 }, 1000))) do
        assert.is_true(count > 180 and count < 320, selection)
      end
      net:close()
    end
    net = tcplab.lab()
  end)

  -- How often the next port is the one after the last, when destinations take turns.
  local function successors(selection)
    local host, last, count = host_with { port_selection = selection, port_low = 1024 }, 0, 0
    for i = 1, 300 do
      local port = port_for(host, ({ A, B, C })[i % 3 + 1])
      if port == last + 1 then count = count + 1 end
      last = port
    end
    net:close()
    return count
  end

  it("can be foretold across destinations when they are sequential, and else not", function()
    assert.equal(299, successors "sequential")
    for _, selection in ipairs(ALL) do
      if selection ~= "sequential" then assert.is_true(successors(selection) < 4, selection) end
    end
    net = tcplab.lab()
  end)

  -- By how much the ports for A move on, when so many connections to B come in between.
  local function steps(selection, between)
    local host, last, list = host_with({ port_selection = selection, port_low = 1024 }, 5), nil, {} -- a seed with A and B in two buckets
    for i = 1, 6 do
      local port = port_for(host, A)
      if last then list[i - 1] = (port - last) % 64512 end
      ports_for(host, between, B)
      last = port
    end
    net:close()
    return list
  end

  it("one after the other for one destination tell it of connections to others by hash, not by double-hash", function()
    assert.same({ 1, 1, 1, 1, 1 }, steps("hash", 0))
    assert.same({ 4, 4, 4, 4, 4 }, steps("hash", 3))
    assert.same({ 1, 1, 1, 1, 1 }, steps("double-hash", 0))
    assert.same({ 1, 1, 1, 1, 1 }, steps("double-hash", 3))
    net = tcplab.lab()
  end)

  it("by random increments move on by 1 to 500", function()
    for _, step in ipairs(steps("random-increments", 0)) do assert.is_true(step >= 1 and step <= 500) end
    net = tcplab.lab()
  end)

  it("start elsewhere after a reboot, where a secret decides", function()
    for _, selection in ipairs { "hash", "double-hash", "random-increments" } do
      local host = host_with { port_selection = selection, port_low = 1024 }
      local before = port_for(host)
      host:reboot()
      assert.is_true(math.abs(port_for(host) - before) > 600, selection)
      net:close()
    end
    net = tcplab.lab()
  end)

  it("hold for one connect that says so", function()
    local lab, client, server = helper.lab()
    net = lab
    server:listen(80)
    local conn = assert(client:connect(server, 80, { port_low = 1500, port_high = 1500 }))
    assert.equal(1500, conn:status().local_port)
    assert.equal("EADDRNOTAVAIL", select(3, client:connect(server, 80, { port_low = 1500, port_high = 1500 })))
  end)
end)
