-- SPDX-License-Identifier: MIT
-- What a question would send, and what it would need of the subject, found out in a lab.
require "spec.helper"

local rehearsal = require "tcplab.probe.rehearsal"

local function rehearse(ask)
  local function answer(subject)
    ask(subject)
    return {}
  end
  return rehearsal.rehearse { name = "own", en = "?", values = {}, ask = answer }
end

local function said(it)
  local words = {}
  for i, packet in ipairs(it.packets) do words[i] = packet.count .. " x " .. packet.word end
  return table.concat(words, ", ")
end

local function established(subject, port)
  subject:listen(port or 80)
  return assert(subject.hand:connect(subject.address, port or 80))
end

describe("a rehearsal", function()
  it("tells what the hand sends, the last too, and how fast", function()
    local it = rehearse(function(subject)
      local talk = established(subject)
      for _ = 1, 25 do talk:send { payload = "hello" } end
      subject:wait(3)
      talk:send { flags = "F." }
    end)
    assert.equal("1 x S, 1 x ., 25 x P. 5 bytes, 1 x F.", said(it))
    assert.same({ 28, 27, "server" }, { it.count, it.burst, it.role })
    assert.equal(3.0, it.seconds)
    assert.is_nil(it.needs)
    assert.is_nil(it.odd)
  end)

  it("tells a server's question from a client's, and from one of both", function()
    assert.equal("client", rehearse(function(subject)
      subject:connect(80)
      subject.hand:expect "SYN"
    end).role)
    assert.is_nil(rehearse(function(subject)
      subject:listen(80)
      subject:connect(80)
    end).role)
  end)

  it("tells what needs the subject's program, or its settings; to wait for a connection, and to let go of one, does not", function()
    local function needs(f) return rehearse(f).needs end
    assert.is_nil(needs(function(subject)
      local listener <close> = subject:listen(80)
      listener:settimeout(listener.port)
      local talk = assert(subject.hand:connect(subject.address, 80))
      local conn <close> = listener:accept()
      talk:send(conn and {})
    end))
    assert.equal("its program's send", needs(function(subject)
      local listener = subject:listen(80)
      assert(subject.hand:connect(subject.address, 80))
      listener:accept():send "hello"
    end))
    assert.equal("its set", needs(function(subject) subject:set("net.ipv4.tcp_sack", 0) end))
    assert.equal("its outcome", needs(function(subject) subject:outcome(subject:connect(80), 1) end))
    assert.equal("options of its listener", needs(function(subject) subject:listen(80, { backlog = 1 }) end))
    assert.equal("options of its connection", needs(function(subject) subject:connect(80, { TCP_NODELAY = true }) end))
    assert.equal("its listener's status", needs(function(subject) subject:listen(80):status() end))
    assert.equal("another peer than the one of the rehearsal", needs(function() error "no" end))
  end)

  it("names what a strict peer could take for an attack", function()
    local function odd(f) return rehearse(f).odd end
    local function with(segment)
      return odd(function(subject) established(subject):send(segment) end)
    end
    assert.equal("a SYN in a connection", with { flags = "S", seq = 5 })
    assert.equal("a RST beside the connection's number", with { flags = "R", seq = 5 })
    assert.is_nil(with { flags = "R", seq = 1 })
    assert.equal("numbers outside of the window", with { seq = 1000000 })
    assert.equal("numbers outside of the window", with { seq = -1 })
    assert.is_nil(with { seq = 100, payload = "later" })
    assert.equal("an ACK of what was never sent", with { ack = 500 })
    assert.equal("flags none", with { flags = "" })
    assert.equal("flags FS", with { flags = "SF" })
    assert.equal("ICMP errors", with { kind = "ICMP", type = 3, code = 1 })
    assert.equal("a SYN to a port that nobody named", odd(function(subject)
      subject.hand:conversation(subject.address, 81):send { flags = "S", seq = 0 }
    end))
    local function opened(count)
      return odd(function(subject)
        subject:listen(80)
        for _ = 1, count do subject.hand:conversation(subject.address, 80):send { flags = "S", seq = 0 } end
      end)
    end
    assert.is_nil(opened(16))
    assert.equal("a flood of SYNs", opened(17))
    assert.equal("a segment of no connection", odd(function(subject)
      subject.hand:conversation(subject.address, 81):send { flags = ".", ack = 5 }
    end))
  end)

  it("takes an ordinary conversation for none, from either side", function()
    assert.is_nil(rehearse(function(subject)
      local conn = subject:connect(80)
      local talk = assert(subject.hand:accept(80))
      talk:send { payload = "hello" }
      talk:expect "ACK"
      talk:send { flags = "F." }
      return conn
    end).odd)
  end)
end)
