-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local exit = require "tcplab.command.exit"
local run = require "tcplab.run"
local settings = require "tcplab.settings"

local function script(text) return helper.write(helper.folder() .. "/script.lua", text) end

describe("a script run for the command line", function()
  after_each(function()
    for _, name in ipairs { "seed", "color", "language", "on_network", "on_close" } do settings[name] = nil end
  end)

  it("ends with 0 when nothing went wrong", function()
    assert.equal(exit.FINE, run.script { script = script "assert(... == 'a')", arguments = { "a" } })
  end)

  it("hands the seed and the colours on to what it loads", function()
    local path = script "local s = require 'tcplab.settings' assert(s.seed == 5 and s.color == false)"
    assert.equal(exit.FINE, run.script { script = path, arguments = {}, seed = 5, color = false })
    assert.same({ 5, false }, { settings.seed, settings.color })
  end)

  it("writes the events of each network as text", function()
    local events = helper.folder() .. "/events"
    local path = script [[
      local tcplab = require "tcplab"
      for seed = 1, 2 do
        local net = tcplab.lab { seed = seed }
        local client, server = net:host("client", { address = "10.0.0.1" }), net:host("server", { address = "10.0.0.2" })
        net:link(client, server)
        server:listen(80)
        client:connect("10.0.0.2", 80)
      end
    ]]
    assert.equal(exit.FINE, run.script { script = path, arguments = {}, events = events })
    local text = helper.read(events)
    assert.is_truthy(text:find "^network 1\n0%.000000000 ", text)
    assert.is_truthy(text:find "\nnetwork 2\n", text)
    assert.is_truthy(text:find "end of network 2: %d+ events, 0 overwritten, hash %x+\n$", text)
  end)
end)
