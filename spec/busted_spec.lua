-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
require "tcplab.busted"

local HANDSHAKE = [[
  client > server  SYN seq=0
  server > client  SYN-ACK seq=0 ack=1
  client > server  ACK seq=1 ack=1
]]

-- The message with which an assertion fails, without the position, which must be this file's.
local function failure(f)
  local ok, raised = pcall(f)
  assert.is_false(ok)
  local file, message = tostring(raised):match "^(.-):%d+: (.*)$"
  assert.equal("spec/busted_spec.lua", file)
  return message
end

describe("assert.state", function()
  it("holds in that state and in no other", function()
    local conn = helper.established()
    assert.state(conn, "ESTABLISHED")
    assert.is_not.state(conn, "CLOSED")
    assert.is_not_state(conn, "CLOSED")
  end)

  it("fails with the states that the connection went through", function()
    local conn = helper.established()
    assert.equal("state: expected CLOSED, got ESTABLISHED\n  CLOSED -> SYN-SENT (0.000) -> ESTABLISHED (0.020)",
      failure(function() assert.state(conn, "CLOSED") end))
    assert.is_truthy(failure(function() assert.is_not.state(conn, "ESTABLISHED") end):find "^state: expected any but ESTABLISHED, got ESTABLISHED\n")
  end)

  it("begins with a message of one's own", function()
    local conn = helper.established()
    assert.is_truthy(failure(function() assert.state(conn, "CLOSED", "the client is done") end):find "^the client is done\nstate: expected CLOSED")
  end)

  it("can be asked of a connection whose network is closed or was not traced", function()
    local conn, _, l = helper.established { trace = false }
    assert.is_truthy(failure(function() assert.state(conn, "CLOSED") end):find "its states were not traced")
    l.net:close()
    assert.state(conn, "CLOSED")
    assert.is_truthy(failure(function() assert.state(conn, "LISTEN") end):find "the network is closed")
    assert.equal("assert.trace: the network is closed", failure(function() assert.trace(conn.network, "...") end))
  end)

  it("raises for what is no connection or no state", function()
    local conn, _, l = helper.established()
    assert.equal('assert.state: there is no state "ESTABLISED"; did you mean "ESTABLISHED"?',
      failure(function() assert.state(conn, "ESTABLISED") end))
    assert.equal("assert.state: a state's name expected, got nil", failure(function() assert.state(conn) end))
    assert.is_truthy(failure(function() assert.state(l.net, "CLOSED") end):find "^assert.state: a connection expected, got network")
  end)

  it("leaves luassert's own use of the name alone", function()
    assert.is_table(require "luassert".state())
    assert.are_not.equal(1, 2)
  end)
end)

describe("assert.trace", function()
  it("holds where the segments are as told: of a network, a trace, a connection", function()
    local conn, peer, l = helper.established()
    assert.trace(l.net, HANDSHAKE)
    assert.trace(l.net.trace, HANDSHAKE)
    assert.trace(conn, HANDSHAKE)
    assert.trace(peer, HANDSHAKE)
    assert.is_not.trace(l.net, HANDSHAKE .. "client > server FIN")
    assert(l.client:connect("10.0.0.2", 80))
    assert.is_not.trace(l.net, HANDSHAKE)
    assert.trace(conn, HANDSHAKE)
  end)

  it("holds of a trace that was saved", function()
    local _, _, l = helper.established()
    local path = helper.folder() .. "/x.jsonl"
    assert(l.net.trace:save(path))
    assert.trace(assert(require "tcplab".load(path)), HANDSHAKE)
  end)

  it("fails with the expected against the actual, the first difference marked", function()
    local _, _, l = helper.established()
    local message = failure(function() assert.trace(l.net, HANDSHAKE:gsub("seq=1", "seq=2"), "mine") end)
    assert.equal([[
mine
the trace is not as expected
expected:
    client > server  SYN seq=0
    server > client  SYN-ACK seq=0 ack=1
  > client > server  ACK seq=2 ack=1
actual:
    0.000  client: CLOSED -> SYN-SENT
    0.000  client > server  SYN seq=0 win=65535
    0.010  server: LISTEN -> SYN-RECEIVED
    0.010  server > client  SYN-ACK seq=0 ack=1 win=65535
    0.020  client: SYN-SENT -> ESTABLISHED
  > 0.020  client > server  ACK seq=1 ack=1
    0.030  server: SYN-RECEIVED -> ESTABLISHED
seq: expected 2, got 1]], message)
  end)

  it("says when the trace has lost its beginning", function()
    local _, _, l = helper.established { trace = { limit = 8 } }
    local message = failure(function() assert.trace(l.net, HANDSHAKE) end)
    assert.is_truthy(message:find(("\n(%d earlier events were overwritten)"):format(l.net.trace.lost), 1, true), message)
  end)

  it("fails, where it should not hold, with what there is", function()
    local _, _, l = helper.established()
    local message = failure(function() assert.is_not.trace(l.net, "...") end)
    assert.is_truthy(message:find("^the trace is what it should not be:\n0.000  client: CLOSED %-> SYN%-SENT\n"), message)
  end)

  it("raises for a word that it does not know, whether or not it should hold", function()
    local _, _, l = helper.established()
    for _, words in ipairs { "<msss 1460>", "<mss 1x>", "win=70000", "lost: fualt", "flags=X", "seq=1e3" } do
      local text = "client > server SYN " .. words .. "\n..."
      assert.is_truthy(failure(function() assert.trace(l.net, text) end):find("assert.trace: line 1", 1, true))
      assert.is_truthy(failure(function() assert.is_not.trace(l.net, text) end):find("assert.trace: line 1", 1, true))
    end
  end)

  it("raises for a text that cannot be read, with line and column, whether or not it should hold", function()
    local _, _, l = helper.established()
    local message = "assert.trace: line 2, column 10: there is no state OPEN; did you mean LISTEN?"
    for _, call in ipairs { function(...) assert.trace(...) end, function(...) assert.is_not.trace(...) end } do
      local raised = failure(function() call(l.net, "client > server\n client: OPEN") end)
      assert.is_truthy(raised:find("assert.trace: line 2, column 10: there is no state OPEN", 1, true), message)
    end
    assert.equal("assert.trace: a text expected, got nil", failure(function() assert.trace(l.net) end))
    assert.equal("assert.trace: a network, a trace or a connection expected, got 5", failure(function() assert.trace(5, "...") end))
  end)
end)

describe("assert.eventually", function()
  local function opening()
    local net, client, server = helper.lab()
    server:listen(80)
    return net, client:open { address = "10.0.0.2", port = 80 }
  end

  it("runs the network until it is so, and no further", function()
    local net, conn = opening()
    local count = 0
    assert.eventually(net, function()
      count = count + 1
      return conn.state == "ESTABLISHED"
    end)
    assert.is_true(count > 1)
    assert.is_true(net:now() >= 0.020 and net:now() < 0.021)
  end)

  it("takes a connection and its state", function()
    local net, conn = opening()
    assert.eventually(conn, "ESTABLISHED", 0.021)
    assert.is_true(net:now() < 0.021)
  end)

  it("fails when the time is over, on either side of the deadline", function()
    local _, conn = opening()
    local message = failure(function() assert.eventually(conn, "ESTABLISHED", 0.020) end)
    assert.equal("the connection should have come to ESTABLISHED within 0.02 s: the time is over at 0.020000 s\n"
      .. "  CLOSED -> SYN-SENT (0.000)", message)
    assert.eventually(conn, "ESTABLISHED", 0.001)
  end)

  it("fails when nothing is left to happen", function()
    local net = opening()
    assert.is_truthy(failure(function() assert.eventually(net, function() return false end, "never" and 5, "mine") end)
      :find "^mine\nit should have become so within 5 s: nothing is left to happen at 0%.03%d+ s$")
  end)

  it("has a contrary: not within that time", function()
    local net, conn = opening()
    assert.is_not.eventually(conn, "ESTABLISHED", 0.019)
    assert.is_true(net:now() >= 0.019)
    assert.equal("the connection should not have come to ESTABLISHED within 5 s: it is so at 0.020010 s",
      failure(function() assert.is_not.eventually(conn, "ESTABLISHED", 5) end))
  end)

  it("raises for what it cannot wait for", function()
    local net, conn = opening()
    assert.equal("assert.eventually: a function expected, got 5", failure(function() assert.eventually(net, 5) end))
    assert.equal('assert.eventually: seconds expected, got "5"', failure(function() assert.eventually(net, function() end, "5") end))
    assert.equal("assert.eventually: seconds expected, got -1", failure(function() assert.eventually(net, function() end, -1) end))
    assert.equal("assert.eventually: a network or a connection expected, got nil", failure(function() assert.eventually(nil, function() end) end))
    assert.is_truthy(failure(function() assert.eventually(conn, "OPEN") end):find '^assert.eventually: there is no state "OPEN"')
  end)
end)

describe("require \"tcplab.busted\"", function()
  it("says what it needs where there is no luassert", function()
    local keep = package.loaded.luassert
    package.loaded.luassert, package.preload.luassert = nil, function() error "no such rock" end
    local module = package.searchpath("tcplab.busted", package.path)
    local ok, raised = pcall(dofile, module)
    package.loaded.luassert, package.preload.luassert = keep, nil
    assert.is_false(ok)
    assert.is_truthy(raised:find("tcplab.busted needs luassert, which comes with busted", 1, true), raised)
  end)

  it("may be done again", function()
    local module = package.searchpath("tcplab.busted", package.path)
    for _ = 1, 3 do dofile(module) end
    assert.state(helper.established(), "ESTABLISHED")
    assert.is_table(require "luassert".state())
  end)
end)
