-- SPDX-License-Identifier: MIT
require "spec.helper"
local tcplab = require "tcplab"

describe("the options of a SYN", function()
  -- The options of the first SYN and SYN-ACK between two hosts, in the notation's words. options: of both; data: to connect with.
  local function handshake(options, data)
    local net <close> = tcplab.lab { seed = 7 }
    local a = net:host("a", { address = "10.0.0.1", profile = options.profile })
    local b = net:host("b", { address = "10.0.0.2", profile = options.profile })
    for name, value in pairs(options) do
      if name ~= "profile" then a:setoption(name, value) end
    end
    net:link(a, b, { delay = 0.01 })
    b:listen(80)
    net:spawn(function() a:connect("10.0.0.2", 80, { data = data }) end)
    net:run(1)
    local words = {}
    for e in net.trace:events { moment = "segment" } do
      if e.point == "sent" and e.segment.flags:find "S" then
        words[#words + 1] = tostring(e.segment):match("<(.-)>"):gsub("val %d+ ecr %d+", "val"):gsub("TS val", "TS")
      end
    end
    return words
  end

  for _, case in ipairs {
    { "rfc9293", "mss 1460,nop,wscale 3,nop,nop,sackOK,nop,nop,TS" },
    { "linux", "mss 1460,sackOK,TS,nop,wscale" },
    { "linux", "mss 1460,nop,nop,sackOK,nop,wscale", timestamps = false },
    { "linux", "mss 1460,nop,nop,TS,nop,wscale", sack = false },
    { "linux", "mss 1460,sackOK,TS", window_scaling = false },
    { "freebsd", "mss 1460,nop,wscale 6,sackOK,TS" },
    { "freebsd", "mss 1460,nop,wscale 6,nop,nop,TS", sack = false },
    { "freebsd", "mss 1460,sackOK,end", timestamps = false, window_scaling = false },
  } do
    local profile, expected = case[1], case[2]
    local options, off = { profile = profile }, {}
    for name, value in pairs(case) do
      if type(name) == "string" then options[name], off[#off + 1] = value, name end
    end
    table.sort(off)
    it(("stand as %s has them%s: %s"):format(profile, #off > 0 and " without " .. table.concat(off, " and ") or "", expected), function()
      for i, words in ipairs(handshake(options)) do assert.equal(expected, words:sub(1, #expected), i == 1 and "SYN" or "SYN-ACK") end
    end)
  end

  it("ask for a Fast Open cookie behind all others", function()
    for profile, expected in pairs {
      rfc9293 = "TS,nop,nop,tfo cookiereq$", linux = "TS,nop,wscale %d+,tfo cookiereq,nop,nop$", freebsd = "TS,tfo cookiereq,end$",
    } do
      assert.matches(expected, handshake({ profile = profile, fast_open = "client" }, "x")[1])
    end
  end)

  -- What the SYN carries to a server that gave a cookie of so many bytes.
  local function again(profile, size)
    local net <close> = tcplab.lab { seed = 1 }
    local us = net:host("us", { address = "10.0.0.2", profile = profile, fast_open = "client" })
    local peer = net:host("peer", { address = "10.0.0.1" })
    local syns = {}
    net:link(us, peer, { delay = 0 }):filter(function(s)
      if s.kind == "SYN" then syns[#syns + 1] = s end
      return "drop"
    end)
    local function connect()
      net:spawn(function() us:connect("10.0.0.1", 80, { data = "hello" }) end)
      net:run(0)
      return syns[#syns]
    end
    local syn = connect()
    us:deliver(tcplab.segment { kind = "SYN-ACK", source = "10.0.0.1", source_port = 80, destination = "10.0.0.2", destination_port = syn.source_port,
      seq = 5000, ack = syn.seq + 1, window = 60000, options = { mss = 1460, fast_open = ("c"):rep(size) } })
    net:run(0)
    return connect()
  end

  for _, profile in ipairs { "rfc9293", "linux", "freebsd" } do
    it("have room for a Fast Open cookie of any length that there is, in " .. profile .. "", function()
      for size = 4, 16, 2 do
        local syn = again(profile, size)
        assert.equal("hello", syn.payload, size)
        assert.equal(("c"):rep(size), syn.options.fast_open)
        assert.is_truthy(syn.options.timestamps and syn.options.sack_permitted and syn.options.window_scale)
      end
    end)
  end
end)
