-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"

describe("a stack's memory", function()
  local p, listener
  after_each(function() p:close() end)

  local function listen()
    p = paper.new()
    listener = assert(p.host:listen(p.port, { half_open = 10000, backlog = 10000 }))
    listener:settimeout(0)
  end

  local function records() return p.host:counters().record_bytes end

  local function flood(first, last)
    for port = first, last do p:arrive { flags = "S", seq = 0, source_port = port, options = { mss = 1460 } } end
    p:take()
  end

  local function establish(first, last)
    for port = first, last do p:arrive { source_port = port } end
  end

  local function reset(first, last)
    for port = first, last do p:arrive { flags = "R", seq = 1, source_port = port } end
  end

  it("gets the records of a flood's half-open connections back once they are gone", function()
    listen()
    flood(1001, 3000)
    local most = records()
    reset(1001, 3000)
    assert.equal(0, listener:status().half_open)
    assert.is_true(most - records() > 1900 * 100, most - records())
  end)

  it("gets the records of connections back once they are closed", function()
    listen()
    flood(1001, 3000)
    establish(1001, 3000)
    assert.equal(2000, listener:status().waiting)
    local most = records()
    reset(1001, 3000)
    assert.equal(0, listener:status().waiting)
    assert.is_true(most - records() > 1900 * 250, most - records())
  end)

  it("is no more after a second flood than after the first, wherever records were freed in between", function()
    listen()
    flood(1001, 3000)
    local most = records()
    for port = 1001, 3000, 3 do reset(port, port) end
    for port = 1001, 3000, 3 do flood(port, port) end
    assert.equal(2000, listener:status().half_open)
    assert.equal(most, records())
    reset(1001, 3000)
    flood(1001, 3000)
    assert.equal(most, records())
  end)

  it("holds an idle connection in less than 400 bytes", function()
    listen()
    flood(1001, 1100)
    establish(1001, 1100)
    local before = records()
    flood(1101, 4000)
    establish(1101, 4000)
    assert.equal(3000, listener:status().waiting)
    assert.is_true((records() - before) / 2900 < 400, (records() - before) / 2900)
  end)
end)
