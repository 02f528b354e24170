-- SPDX-License-Identifier: MIT
-- The machine as one host runs it: the one door for changes of state, overrides, and what is counted. The cells themselves: cells_spec.lua.

require "spec.helper"
local probe = require "spec.probe"
local words = require "spec.tcp.cells.words"
local tcplab = require "tcplab"

local NUMBERS = { iss = 1000, irs = 5000 }

describe("the one door for states", function()
  local p
  before_each(function() p = probe.new(NUMBERS) end)
  after_each(function() p:close() end)

  local function changes()
    local told = {}
    for i, change in ipairs(p.changes) do told[i] = ("%s > %s: %s"):format(change.from, change.to, change.event) end
    p.changes = {}
    return told
  end

  it("tells each change once, with the event that made it", function()
    p:bring_to("TIME-WAIT", "active OPEN", {})
    p:run(240)
    assert.same({
      "CLOSED > SYN-SENT: OPEN-active", "SYN-SENT > ESTABLISHED: SEG-SYN-ACK", "ESTABLISHED > FIN-WAIT-1: CLOSE",
      "FIN-WAIT-1 > FIN-WAIT-2: SEG-ACK-of-our-FIN", "FIN-WAIT-2 > TIME-WAIT: SEG-FIN", "TIME-WAIT > CLOSED: TIMEOUT-time-wait",
    }, changes())
  end)

  it("begins the story of a listener's connection in LISTEN, and ends that of a discarded one in CLOSED", function()
    p:bring_to("SYN-RECEIVED", "listener", {})
    p:arrive { flags = "R" }
    assert.same({ "LISTEN > SYN-RECEIVED: SEG-SYN", "SYN-RECEIVED > CLOSED: SEG-RST-exact" }, changes())
  end)

  it("takes a passive OPEN back to LISTEN", function()
    p:bring_to("SYN-RECEIVED", "passive OPEN", {})
    p:arrive { flags = "R" }
    assert.same({ "CLOSED > LISTEN: OPEN-passive", "LISTEN > SYN-RECEIVED: SEG-SYN", "SYN-RECEIVED > LISTEN: SEG-RST-exact" }, changes())
  end)

  it("tells nothing where nothing changes", function()
    p:bring_to("ESTABLISHED", "active OPEN", {})
    changes()
    p:text "ab"
    p:arrive { flags = "S" }
    p.conn:send "cd"
    p:run(1)
    assert.same({}, changes())
  end)
end)

describe("an override", function()
  local p
  before_each(function() p = probe.new(NUMBERS) end)
  after_each(function() p:close() end)

  it("leads elsewhere by the same door: told, counted, and with what the state brings along", function()
    p.subject.machine:override("ESTABLISHED", "SEG-FIN", "TIME-WAIT")
    p:bring_to("ESTABLISHED", "active OPEN", {})
    p:fin()
    local last = p.changes[#p.changes]
    assert.same({ from = "ESTABLISHED", to = "TIME-WAIT", event = "SEG-FIN" }, last)
    assert.equal(1, p.subject.machine:count("ESTABLISHED", "SEG-FIN"))
    assert.is_true(math.abs(p.conn:status().timers["time-wait"] - p.net:now() - 240) < 1e-6)
  end)

  it("can keep a state that the RFC would leave", function()
    p.subject.machine:override("ESTABLISHED", "SEG-RST-exact", "ESTABLISHED")
    p:bring_to("ESTABLISHED", "active OPEN", {})
    p:arrive { flags = "R" }
    assert.equal("ESTABLISHED", p.conn.state)
  end)

  it("holds for its host, state and event alone", function()
    p.subject.machine:override("FIN-WAIT-1", "SEG-FIN", "TIME-WAIT")
    p:bring_to("CLOSE-WAIT", "active OPEN", {})
    assert.equal("CLOSE-WAIT", p.conn.state)
    local other <close> = probe.new(NUMBERS)
    other:bring_to("CLOSING", "active OPEN", {})
    assert.equal("CLOSING", other.conn.state)
  end)

  it("is taken back alone or with all others", function()
    local machine = p.subject.machine
    machine:override("ESTABLISHED", "SEG-FIN", "TIME-WAIT")
    machine:override("ESTABLISHED", "CLOSE", "LAST-ACK")
    machine:override("ESTABLISHED", "SEG-FIN")
    p:bring_to("CLOSE-WAIT", "active OPEN", {})
    assert.equal("CLOSE-WAIT", p.conn.state)
    machine:clear()
    local twin <close> = probe.new(NUMBERS)
    twin.subject.machine:override("ESTABLISHED", "CLOSE", "LAST-ACK")
    twin.subject.machine:clear()
    twin:bring_to("FIN-WAIT-1", "active OPEN", {})
    assert.equal("FIN-WAIT-1", twin.conn.state)
  end)

  it("finds a timeout and a window even where it leads from LISTEN to work, and time goes on", function()
    p.subject.machine:override("LISTEN", "CLOSE", "FIN-WAIT-1")
    local conn = assert(p.subject:open { passive = true, local_port = 99 })
    local s = conn:status()
    assert.same({ 1, 5360, 536 }, { s.rto, s.cwnd, s.snd.mss })
    conn:shutdown "send"
    assert.equal("FIN-WAIT-1", conn.state)
    p:run(1000)
    conn:abort()
    assert.equal("CLOSED", conn.state)
  end)

  it("may lead anywhere without harm: whatever FIN, RST, ACK, text and CLOSE lead to, segments, calls and time go on", function()
    local machine = tcplab.machine
    for _, state in ipairs(machine.states) do
      for _, event in ipairs { "SEG-FIN", "SEG-RST-exact", "SEG-ACK-new", "SEG-DATA-in-order", "CLOSE" } do
        for _, target in ipairs(state ~= "CLOSED" and machine.states or {}) do
          local q <close> = probe.new(NUMBERS)
          q.subject.machine:override(state, event, target)
          q:bring_to("SYN-RECEIVED", state == "SYN-SENT" and "simultaneous open" or "passive OPEN", {})
          q:acknowledge()
          q.conn:send "abc"
          q.conn:shutdown "send"
          q:arrive { flags = "P.", ack = words.nxt(-1), payload = "ab" }
          q:arrive { flags = "F.", seq = words.rcv(2), ack = words.nxt() }
          q:arrive { flags = "R", seq = words.rcv(3) }
          q.conn:receive(10)
          q.conn:close()
          q:run(1000)
          q.conn:abort()
          assert.equal("CLOSED", q.conn.state)
        end
      end
    end
  end)
end)

describe("a host's counts", function()
  it("are the host's own, begin at 0 and name only what ran", function()
    local p <close> = probe.new(NUMBERS)
    assert.same({}, p.subject.machine:coverage())
    p:bring_to("CLOSE-WAIT", "passive OPEN", {})
    assert.same({
      { state = "CLOSED", event = "OPEN-passive", count = 1 }, { state = "LISTEN", event = "SEG-SYN", count = 1 },
      { state = "SYN-RECEIVED", event = "SEG-ACK-new", count = 1 }, { state = "ESTABLISHED", event = "SEG-FIN", count = 1 },
    }, p.subject.machine:coverage())
  end)
end)
