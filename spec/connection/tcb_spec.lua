-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local tcplab = require "tcplab"

describe("the TCB's view", function()
  local conn, peer, lab
  before_each(function() conn, peer, lab = helper.established() end)
  after_each(function() lab.net:close() end)

  it("is live", function()
    local snd = conn.tcb.snd
    local before = snd.nxt
    conn:send "hello"
    assert.equal((before + 5) & 0xffffffff, snd.nxt)
    assert.equal(before, snd.una)
    peer:receive(5)
    lab.net:run(1)
    assert.equal(snd.nxt, snd.una)
  end)

  it("names the state, and times in seconds", function()
    assert.equal("ESTABLISHED", conn.tcb.state)
    assert.is_true(conn.tcb.srtt > 0.02 and conn.tcb.srtt < 0.03)
    assert.equal(1.0, conn.tcb.rto)
  end)

  it("can be written", function()
    conn.tcb.cwnd = 3000
    assert.equal(3000, conn.tcb.cwnd)
    assert.equal(3000, conn:status().cwnd)
    conn.tcb.rto = 2.5
    assert.equal(2.5, conn.tcb.rto)
  end)

  it("raises on unknown variables, groups and impossible values", function()
    assert.error_matches(function() return conn.tcb.snd.unaa end, 'tcb: there is no variable "snd.unaa"; did you mean "snd.una"%?')
    assert.error_matches(function() conn.tcb.snd = 5 end, 'tcb: "snd" is a group of variables')
    assert.error_matches(function() conn.tcb.snd.scale = 99 end, "snd.scale")
    assert.error_matches(function() conn.tcb.snd.nxt = "x" end, 'snd.nxt: an integer expected, got "x"')
    assert.error_matches(function() conn.tcb.state = "OPEN" end, 'tcb: there is no state "OPEN"')
  end)

  it("shows all its variables", function()
    local text = tostring(conn.tcb)
    for _, field in ipairs(tcplab.tcb_fields()) do assert.is_truthy(text:find(field.name .. " = ", 1, true), field.name) end
    assert.is_truthy(tostring(conn.tcb.rcv):match "^rcv%.nxt = ")
  end)

  it("has a sentence for each", function()
    for _, field in ipairs(tcplab.tcb_fields()) do assert.is_truthy(field.doc:match "%.$", field.name) end
  end)

  it("answers what it was once the connection is CLOSED, and is not written any more", function()
    local iss = conn.tcb.snd.iss
    conn:abort()
    assert.equal(iss, conn.tcb.snd.iss)
    assert.error_matches(function() conn.tcb.cwnd = 1 end, "tcb: the connection is CLOSED")
  end)
end)
