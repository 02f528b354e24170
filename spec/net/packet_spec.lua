-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local tcplab = require "tcplab"

describe("a host", function()
  local net, client, server
  before_each(function() net, client, server = helper.lab() end)
  after_each(function() net:close() end)

  describe("with packets by hand", function()
    it("sends what is injected, filling in its own address", function()
      local seen = {}
      server:on("segment", function(e) seen[#seen + 1] = e.point .. " " .. tostring(e.segment.source) .. " " .. tostring(e.reason) end)
      assert.is_true(client:inject(tcplab.segment { destination = "10.0.0.2", source_port = 5, destination_port = 6, kind = "RST" }))
      net:run(1)
      assert.same({ "refused 10.0.0.1 no-connection" }, seen)
    end)

    it("takes what is delivered, and says what became of it", function()
      server:listen(80)
      local syn = tcplab.segment { source = "10.0.0.1", source_port = 5, destination_port = 80, kind = "SYN", seq = 100 }
      local reason, conn = server:deliver(syn)
      assert.equal("accepted", reason)
      assert.equal("SYN-RECEIVED", conn.state)
      assert.equal("no-connection", (server:deliver { source = "10.0.0.1", source_port = 5, destination_port = 81, flags = "R", seq = 1 }))
      local stray = { source = "10.0.0.1", source_port = 5, destination = "10.3.3.3", destination_port = 8, flags = "S", seq = 1 }
      assert.equal("address-destination", (server:deliver(stray)))
    end)

    it("takes bytes as well, and refuses what does not parse", function()
      assert.equal("ip-truncated", (server:deliver "E"))
      local bytes = tcplab.segment { source = "10.0.0.1", source_port = 5, destination = "10.0.0.2", destination_port = 80, kind = "RST" }:bytes()
      assert.equal("no-connection", (server:deliver(bytes)))
      assert.equal("tcp-checksum", (server:deliver(bytes:sub(1, -2) .. "\1")))
    end)

    it("blames the script's line for a field that is missing or wrong", function()
      for _, verb in ipairs { "inject", "deliver" } do
        local _, problem = pcall(function() client[verb](client, tcplab.segment { kind = "SYN" }) end)
        assert.matches("^spec/net/packet_spec.lua:%d+: [a-z]+: expected an IP address as a string, got nil", problem)
      end
    end)

    it("raises on what is no segment", function()
      assert.error_matches(function() server:deliver(5) end, "segment: table or string expected")
      assert.error_matches(function() server:inject() end, "segment: table or string expected")
    end)
  end)

  describe("with a filter at its door", function()
    it("drops what comes in", function()
      local filter = server:filter("in", function(segment, from)
        assert.equal(client, from)
        return segment.kind == "SYN" and "drop" or nil
      end)
      server:listen(80)
      net:spawn(function() net:sleep(0.5) filter:close() end)
      assert(client:connect(server, 80))
      assert.is_true(net:now() > 1)
    end)

    it("changes what goes out", function()
      client:filter("out", function(segment) segment.ttl = 5 end)
      local ttl
      server:on("segment", function(e) ttl = ttl or e.segment.ttl end)
      client:open { address = server, port = 80 }
      net:run(0.015)
      assert.equal(5, ttl)
    end)

    it("raises on another direction", function()
      assert.error_matches(function() client:filter("up", print) end, 'direction: "in" or "out" expected, got "up"')
      assert.error_matches(function() client:filter("in") end, "function: a function expected")
    end)
  end)

  describe("with a route", function()
    it("leaves the shortest path", function()
      local switch = net:switch "switch"
      local first, second = net:link(client, switch), net:link(switch, server)
      server:listen(80)
      local used = {}
      net:on("segment", function(e) if e.point == "sent" and e.host == client then used[e.link.name] = true end end)
      client:route("10.0.0.2", first)
      assert(client:connect(server, 80))
      assert.same({ ["client-switch"] = true }, used)
      assert.equal("switch-server", second.name)
    end)

    it("raises on a strange link or prefix", function()
      local other <close>, _, _, link = helper.lab()
      assert.is_false(other.closed)
      assert.error_matches(function() client:route("10.0.0.2", link) end, "link: a link of this network expected")
      assert.error_matches(function() client:route("nowhere", net:link(client, server)) end, 'prefix: "nowhere"')
    end)
  end)
end)
