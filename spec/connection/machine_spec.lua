-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local tcplab = require "tcplab"
local machine = tcplab.machine

local function row(state, event)
  for _, each in ipairs(machine) do
    if each.state == state and each.event == event then return each end
  end
end

describe("the machine", function()
  it("has a row for each state and event", function()
    assert.equal(11, #machine.states)
    assert.equal(11 * #machine.events, #machine)
  end)

  it("says where each event leads, and where that stands", function()
    local fin = row("ESTABLISHED", "SEG-FIN")
    assert.equal("CLOSE-WAIT", fin.next)
    assert.is_true(fin.occurs)
    assert.is_truthy(fin.section:match "3%.10%.7%.4")
  end)

  it("marks what cannot occur", function()
    local count = 0
    for _, each in ipairs(machine) do
      if not each.occurs then count = count + 1 end
    end
    assert.is_true(count > 0 and count < #machine)
  end)

  it("draws itself for Graphviz, with every state and the move to ESTABLISHED", function()
    local text = machine:dot()
    for _, state in ipairs(machine.states) do assert.is_truthy(text:find(('"%s"'):format(state), 1, true), state) end
    assert.is_truthy(text:match '"SYN%-SENT" %-> "ESTABLISHED" %[label="[^"]*SEG%-SYN%-ACK')
    assert.equal(1, select(2, text:gsub("digraph", "")))
  end)

  it("draws itself for Mermaid", function()
    local text = machine:mermaid()
    assert.is_truthy(text:match "^stateDiagram%-v2\n")
    assert.is_truthy(text:match "\n  SYN_SENT %-%-> ESTABLISHED: [^\n]*SEG%-SYN%-ACK")
  end)
end)

describe("a host's machine", function()
  local net, client, server
  before_each(function() net, client, server = helper.lab() end)
  after_each(function() net:close() end)

  it("counts the cells that ran", function()
    server:listen(80)
    assert(client:connect(server, 80))
    net:run(1)
    assert.equal(1, client.machine:count("SYN-SENT", "SEG-SYN-ACK"))
    assert.equal(1, server.machine:count("LISTEN", "SEG-SYN"))
    assert.equal(0, server.machine:count("ESTABLISHED", "SEG-FIN"))
    local listed = {}
    for _, cell in ipairs(server.machine:coverage()) do listed[cell.state .. "/" .. cell.event] = cell.count end
    assert.equal(1, listed["LISTEN/SEG-SYN"])
    assert.is_nil(listed["ESTABLISHED/SEG-FIN"])
  end)

  it("can be made the two-way handshake, and put right again", function()
    server.machine:override("LISTEN", "SEG-SYN", "ESTABLISHED")
    local listener = server:listen(80)
    listener:settimeout(0)
    local hand = net:hand("hand", { address = "10.0.0.9" })
    net:link(hand, server)
    hand:send { flags = "S", destination = server, destination_port = 80 }
    hand:expect "SYN-ACK ack=1"
    assert.equal("ESTABLISHED", assert(listener:accept()).state)
    server.machine:clear()
    hand:conversation(server, 80, { local_port = 5000 }):send { flags = "S" }
    net:run(0.1)
    assert.is_nil((listener:accept()))
  end)

  it("raises on names that are none, with the nearest", function()
    assert.error_matches(function() server.machine:override("LISTN", "SEG-SYN") end, 'state: there is no "LISTN"; did you mean "LISTEN"%?')
    assert.error_matches(function() server.machine:override("LISTEN", "SYN") end, 'event: there is no "SYN"; did you mean')
    assert.error_matches(function() server.machine:override("LISTEN", "SEG-SYN", "OPEN") end, 'next: there is no "OPEN"')
    assert.error_matches(function() server.machine:count("LISTEN") end, "event: string expected, got nothing")
  end)
end)
