-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local tcplab = require "tcplab"

local function option(name)
  for _, each in ipairs(tcplab.options()) do
    if each.name == name then return each end
  end
end

describe("the options", function()
  local net
  before_each(function() net = tcplab.lab() end)
  after_each(function() net:close() end)

  it("come as a list with unit, range and each profile's value", function()
    local rto_min = option "rto_min"
    assert.equal("seconds", rto_min.unit)
    assert.equal(1.0, rto_min.default.rfc9293)
    assert.equal(0.2, rto_min.default.linux)
    assert.equal("boolean", option "nodelay".unit)
    assert.is_false(option "nodelay".default.rfc9293)
    assert.equal(math.huge, option "r2".maximum)
  end)

  it("that are choices come with their names, and take Linux's name too", function()
    local congestion = option "congestion"
    assert.same({ "choice", "reno", "cubic", "tahoe", "plain-reno" }, { congestion.unit, table.unpack(congestion.choices) })
    local default = congestion.default
    assert.same({ "reno", "cubic", "cubic", "cubic", "reno" },
      { default.rfc9293, default.linux, default["linux-5.10"], default.freebsd, default.rfc793 })
    local host = net:host("a", { address = "10.0.0.1", ["net.ipv4.tcp_congestion_control"] = "cubic" })
    assert.equal("cubic", host:getoption "congestion")
    assert.equal("cubic", host:getoption "net.ipv4.tcp_congestion_control")
  end)

  it("have a sentence each", function()
    for _, each in ipairs(tcplab.options()) do assert.is_truthy(each.doc:match "%.$", each.name) end
  end)

  it("have a default within their range in every profile", function()
    for i, each in ipairs(tcplab.options()) do
      for k, profile in ipairs(tcplab.profiles()) do
        local host = net:host(each.name .. "/" .. profile, { address = ("10.%d.%d.1"):format(k, i), profile = profile })
        assert.has_no.errors(function() host:setoption(each.name, each.default[profile]) end)
        assert.equal(each.default[profile], host:getoption(each.name))
      end
    end
  end)

  it("start from the profile rfc9293, and linux differs", function()
    assert.equal(120.0, net:host("a", { address = "10.0.0.1" }):getoption "msl")
    assert.equal(30.0, net:host("b", { address = "10.0.0.2", profile = "linux" }):getoption "msl")
  end)

  it("are laid over the profile", function()
    local host = net:host("a", { address = "10.0.0.1", profile = "linux", rto_min = 0.3 })
    assert.equal(0.3, host:getoption "rto_min")
    assert.equal(30.0, host:getoption "msl")
  end)

  it("accept Linux's names, in Linux's units", function()
    local host = net:host("a", { address = "10.0.0.1", ["net.ipv4.tcp_keepalive_time"] = 100, ["net.ipv4.tcp_timestamps"] = false })
    assert.equal(100.0, host:getoption "keepalive_idle")
    assert.equal(100, host:getoption "net.ipv4.tcp_keepalive_time")
    assert.is_false(host:getoption "timestamps")
  end)

  it("accept FreeBSD's names, in FreeBSD's units", function()
    local host = net:host("a", {
      address = "10.0.0.1", ["net.inet.tcp.msl"] = 15000, ["net.inet.tcp.cc.algorithm"] = "cubic", ["net.inet.tcp.sack.enable"] = 0,
    })
    assert.same({ 15.0, 15000 }, { host:getoption "msl", host:getoption "net.inet.tcp.msl" })
    assert.same({ "cubic", false }, { host:getoption "congestion", host:getoption "sack" })
    assert.same({ "net.ipv4.tcp_keepalive_time", "net.inet.tcp.keepidle" }, option "keepalive_idle".aliases)
    assert.error_matches(function() net:host("b", { ["net.inet.tcp.mls"] = 1 }) end, 'unknown option "net.inet.tcp.mls"')
  end)

  it("of the profile freebsd are its own defaults", function()
    local host = net:host("a", { address = "10.0.0.1", profile = "freebsd" })
    local values = {}
    for i, name in ipairs { "msl", "rto_min", "delayed_ack", "initial_window", "keepalive_count" } do values[i] = host:getoption(name) end
    assert.same({ 30.0, 0.03, 0.04, 10, 8 }, values)
  end)

  it("of the profile rfc793 are those of 1981: its SYN offers an MSS alone", function()
    local client, server = net:host("a", { address = "10.0.0.1", profile = "rfc793" }), net:host("b", { address = "10.0.0.2" })
    net:link(client, server)
    server:listen(80)
    local syn
    net:on("segment", function(e) if e.segment.kind == "SYN" then syn = e.segment end end)
    local conn = assert(client:connect(server, 80))
    assert.equal(1, #syn.options)
    assert.equal(1460, syn.options.mss)
    assert.same({ false, false, false }, { conn:status().timestamps, conn:status().sack, conn:status().window_scaling })
  end)

  it("round seconds to the nearest nanosecond", function()
    assert.equal(0.123456789, net:host("a", { address = "10.0.0.1", rto_min = 0.1234567891 }):getoption "rto_min")
  end)

  it("take math.huge where for ever is in the range", function()
    assert.equal(math.huge, net:host("a", { address = "10.0.0.1", r2 = math.huge }):getoption "r2")
    assert.error_matches(function() net:host("b", { msl = math.huge }) end, "msl: ")
  end)

  it("can be changed on a host, for connections to come", function()
    local host = net:host("a", { address = "10.0.0.1" })
    host:setoption("delayed_ack", 0.2)
    assert.equal(0.2, host:getoption "delayed_ack")
  end)

  describe("raise on", function()
    local wrong = {
      { "an unknown name, with the nearest", { rto_mim = 1 }, 'unknown option "rto_mim"; did you mean "rto_min"%?' },
      { "a value below the range", { ttl = 0 }, "ttl: 0 is not between 1 and 255" },
      { "a value above the range", { ttl = 256 }, "ttl: 256 is not between 1 and 255" },
      { "a number for a boolean", { nodelay = 1 }, "nodelay: true or false expected, got 1" },
      { "text for seconds", { msl = "long" }, 'msl: seconds expected, got "long"' },
      { "a fraction for a count", { r1 = 1.5 }, "r1: an integer expected, got 1.5" },
      { "no number", { msl = 0 / 0 }, "msl: " },
      { "a negative time", { msl = -1 }, "msl: %-1 seconds is not a time span" },
      { "a name that is none of the choices", { congestion = "bbr" }, 'congestion: there is no "bbr"; there are reno, cubic' },
    }
    for _, case in ipairs(wrong) do
      it(case[1], function()
        assert.error_matches(function() net:host("x", case[2]) end, case[3])
      end)
    end
  end)

  it("blame the script's line", function()
    local ok, message = pcall(function() net:host("x", { ttl = 0 }) end)
    assert.is_false(ok)
    assert.is_truthy(message:match "^%S*spec/connection/tunables_spec.lua:%d+: ")
  end)

  it("hold for one connection when they are given to it", function()
    local lab, client, server = helper.lab()
    server:listen(80)
    local conn = assert(client:connect(server, 80, { ttl = 9 }))
    assert.equal(9, conn:getoption "ttl")
    assert.equal(64, client:getoption "ttl")
    lab:close()
  end)
end)
