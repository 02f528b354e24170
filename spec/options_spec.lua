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
    assert.same({ "choice", "reno", "cubic" }, { congestion.unit, table.unpack(congestion.choices) })
    assert.same({ rfc9293 = "reno", linux = "cubic" }, congestion.default)
    local host = net:host("a", { ["net.ipv4.tcp_congestion_control"] = "cubic" })
    assert.equal("cubic", host:getoption "congestion")
    assert.equal("cubic", host:getoption "net.ipv4.tcp_congestion_control")
  end)

  it("have a sentence each", function()
    for _, each in ipairs(tcplab.options()) do assert.is_truthy(each.doc:match "%.$", each.name) end
  end)

  it("start from the profile rfc9293, and linux differs", function()
    assert.same({ "rfc9293", "linux" }, tcplab.profiles())
    assert.equal(120.0, net:host("a"):getoption "msl")
    assert.equal(30.0, net:host("b", { profile = "linux" }):getoption "msl")
  end)

  it("are laid over the profile", function()
    local host = net:host("a", { profile = "linux", rto_min = 0.3 })
    assert.equal(0.3, host:getoption "rto_min")
    assert.equal(30.0, host:getoption "msl")
  end)

  it("accept Linux's names, in Linux's units", function()
    local host = net:host("a", { ["net.ipv4.tcp_keepalive_time"] = 100, ["net.ipv4.tcp_timestamps"] = false })
    assert.equal(100.0, host:getoption "keepalive_idle")
    assert.equal(100, host:getoption "net.ipv4.tcp_keepalive_time")
    assert.is_false(host:getoption "timestamps")
  end)

  it("round seconds to the nearest nanosecond", function()
    assert.equal(0.123456789, net:host("a", { rto_min = 0.1234567891 }):getoption "rto_min")
  end)

  it("take math.huge where for ever is in the range", function()
    assert.equal(math.huge, net:host("a", { r2 = math.huge }):getoption "r2")
    assert.error_matches(function() net:host("b", { msl = math.huge }) end, "msl: ")
  end)

  it("can be changed on a host, for connections to come", function()
    local host = net:host "a"
    host:setoption("delayed_ack", 0.2)
    assert.equal(0.2, host:getoption "delayed_ack")
  end)

  describe("raise on", function()
    local wrong = {
      { "an unknown name, with the nearest", { rto_mim = 1 }, 'unknown option "rto_mim"; did you mean "rto_min"%?' },
      { "an unknown profile, with those there are", { profile = "bsd" }, 'profile: there is no "bsd"; there are rfc9293, linux' },
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
    assert.is_truthy(message:match "^%S*spec/options_spec.lua:%d+: ")
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
