-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local progress = require "tcplab.command.progress"
local settings = require "tcplab.base.settings"

-- A watch on a clock and a terminal of the spec's own: the watch, what it wrote, and a function that lets so much time go by and runs a network.
local function watch(terminal)
  local now, written = 0, {}
  local out = { write = function(_, text) table.insert(written, text) end, flush = function() end }
  local watched = progress.watch { out = out, clock = function() return now end, terminal = function() return terminal end }
  local net = helper.lab()
  local function pass(seconds)
    now = now + seconds
    for _ = 1, 16 do settings.on_pass(net) end
  end
  return watched, written, pass
end

describe("the progress of a long run", function()
  after_each(function() settings.on_pass = nil end)

  it("is shown after a second, then five times a second at most", function()
    local watched, written, pass = watch(true)
    pass(0.99)
    assert.equal(0, #written)
    pass(0.01)
    assert.same({ "\r\27[K0.000 s of virtual time, 0 events " }, written)
    pass(0.19)
    assert.equal(1, #written)
    pass(0.02)
    assert.equal(2, #written)
    watched:finish()
  end)

  it("is erased at the end, and before anything is printed", function()
    local globals = package.loaded._G
    local real_print, watched, written, pass = globals.print, watch(true)
    pass(2)
    globals.print()
    assert.equal("\r\27[K", written[2])
    globals.print()
    assert.equal(2, #written)
    pass(2)
    watched:finish()
    assert.equal("\r\27[K", written[4])
    assert.equal(real_print, globals.print)
    assert.is_nil(settings.on_pass)
  end)

  it("is not shown where there is no terminal", function()
    local watched, written, pass = watch(false)
    pass(2)
    pass(2)
    watched:finish()
    assert.same({}, written)
  end)

  it("is told by each network that runs", function()
    local seen
    settings.on_pass = function(network) seen = network end
    local net = helper.lab()
    net:run(1)
    assert.equal(net, seen)
  end)
end)
