-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local exit = require "tcplab.command.exit"
local recorder = require "tcplab.command.recorder"
local run = require "tcplab.command.script"

local TWO <const> = [[
  local tcplab = require "tcplab"
  for seed = 1, 2 do
    local net = tcplab.lab { seed = seed }
    local client, server = net:host("client", { address = "10.0.0.1" }), net:host("server", { address = "10.0.0.2" })
    net:link(client, server)
    server:listen(80)
    client:connect("10.0.0.2", 80)
    if seed == 1 then net:close() end
  end
]]

local function script(text) return helper.write(helper.folder() .. "/script.lua", text) end

describe("what is kept of a run", function()
  it("is the events of each network as text, on demand", function()
    local events = helper.folder() .. "/events"
    local path = script(TWO)
    assert.equal(exit.FINE, run.script { script = path, arguments = {}, events = events })
    local text = helper.read(events)
    assert.is_truthy(text:find "^network 1\n0%.000000000 ", text)
    assert.is_truthy(text:find "\nnetwork 2\n", text)
    assert.is_truthy(text:find "end of network 2: %d+ events, 0 overwritten, hash %x+\n$", text)
  end)

  it("is each network, looked at once, closed or not, in the order they were made", function()
    local seen, folder = {}, helper.folder()
    local kept
    local code = run.script {
      script = script(TWO), arguments = {}, save = { folder .. "/a.pcapng" },
      see = function(network) seen[#seen + 1] = network.trace:hash() end, finish = function(all) kept = all:document() end,
    }
    assert.equal(exit.FINE, code)
    assert.equal(2, #seen)
    assert.same(seen, { kept.networks[1].hash, kept.networks[2].hash })
    assert.same({ folder .. "/a.pcapng", folder .. "/a-2.pcapng" }, { kept.networks[1].saved[1], kept.networks[2].saved[1] })
    assert.is_true(#helper.read(folder .. "/a-2.pcapng") > 200)
  end)

  it("cannot begin when the file for the events cannot be written", function()
    local kept, message = recorder.new { events = helper.folder() .. "/no/events" }
    assert.is_nil(kept)
    assert.matches("No such file", message)
  end)
end)
