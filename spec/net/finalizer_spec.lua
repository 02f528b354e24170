-- SPDX-License-Identifier: MIT
-- Finalizers that use the network, while the library turns what stands in it into Lua values. Each script is a process of its own, so that a build
-- in which every allocation collects need not walk the heap of the specs.
local helper = require "spec.helper"

local HAUNTED <const> = [[
local tcplab = require "tcplab"
local net = tcplab.lab { seed = 1, trace = { limit = 200 } }
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2" })
net:link(client, server, { delay = 0.001 })
local listener, other = server:listen(80), server:listen(81)
listener:settimeout(1)
other:settimeout(0)

local TEXT = {}
for i = 1, 40000 do TEXT[i] = ("%05d."):format(i) end
TEXT = table.concat(TEXT)

-- Comes back from the dead at each collection, and does something, fifty times at most.
local ghosts, laid = 0, false
local function haunt(act)
  setmetatable({}, { __gc = function()
    if laid or ghosts == 50 then return end
    ghosts = ghosts + 1
    act()
    haunt(act)
  end })
end

local function open_send_abort()
  local conn = client:open { address = server, port = 81 }
  conn:settimeout(0)
  conn:send(("g"):rep(500))
  local made = other:accept()
  if made then made:abort() end
  if ghosts % 3 == 0 then conn:abort() end
end

-- What stands in a segment of the conversation is what was written at its place.
local checked = 0
local function check(segment)
  if segment.source_port == 81 or segment.destination_port == 81 then
    assert(not segment.payload:find "[^g]", segment.payload)
  elseif #segment.payload > 0 and segment.destination_port == 80 then
    local at = segment.relative.seq
    assert(segment.payload == TEXT:sub(at, at + #segment.payload - 1), segment.payload)
    checked = checked + 1
  end
end

local conn = assert(client:connect("10.0.0.2", 80))
local peer = assert(listener:accept())
]]

local function run(body, environment) return helper.tcplab("run " .. helper.script(HAUNTED .. body), environment) end

local function passes(body)
  local output, code = run(body)
  assert.equal(0, code, output)
  local ghosts = tonumber(output:match "(%d+) ghosts")
  assert.is_true(ghosts and ghosts >= 20, output)
end

describe("a finalizer that uses the network", function()
  it("changes nothing of what hooks and the trace are shown", function()
    passes [[
      net:on("segment", function(e) check(e.segment) end)
      haunt(open_send_abort)
      collectgarbage("incremental", 100, 400, 8) collectgarbage()
      for i = 1, 40 do
        assert(conn:send(TEXT:sub(i * 1400 - 1399, i * 1400)))
        assert(peer:receive(1400) == TEXT:sub(i * 1400 - 1399, i * 1400))
        if i % 10 == 0 then
          for e in net.trace:events { moment = "segment" } do check(e.segment) end
        end
      end
      laid = true
      assert(checked > 80, checked)
      print(ghosts .. " ghosts")
    ]]
  end)

  it("that reads a connection while it is read takes no byte twice, and none is lost", function()
    passes [[
      local taken = {}
      peer:settimeout(0)
      haunt(function()
        local data, _, rest = peer:receive(6)
        data = data or rest
        if data and data ~= "" then taken[#taken + 1] = data end
      end)
      collectgarbage("incremental", 100, 400, 8) collectgarbage()
      for i = 1, 50 do
        assert(conn:send(TEXT:sub(i * 600 - 599, i * 600)))
        net:run(0.01)
        repeat
          local data, _, rest = peer:receive(30)
          data = data or rest
          if data and data ~= "" then taken[#taken + 1] = data end
        until not data or data == ""
      end
      laid = true
      net:run(1)
      local data, _, rest = peer:receive(30000)
      taken[#taken + 1] = data or rest
      table.sort(taken) -- each begins with the number that stands there in the text
      assert(table.concat(taken) == TEXT:sub(1, 30000))
      print(ghosts .. " ghosts")
    ]]
  end)

  it("that opens connections while the queues and the list of connections are read leaves them whole", function()
    passes [[
      haunt(function() open_send_abort(); client:open { address = server, port = 80 } end)
      collectgarbage("incremental", 100, 400, 8) collectgarbage()
      for i = 1, 40 do
        client:open { address = server, port = 80 }
        if i % 2 == 0 then net:run(0.0015) else net:run(0.01) end
        for half in listener:half_open() do assert(half.state == "SYN-RECEIVED" or half.state == "ESTABLISHED" or half.state == "CLOSED") end
        for waits in listener:waiting() do assert(waits.state ~= "LISTEN") end
        local seen = {}
        for _, each in ipairs(client:connections()) do
          assert(not seen[each])
          seen[each] = true
        end
      end
      laid = true
      print(ghosts .. " ghosts")
    ]]
  end)

  it("that closes the network ends what goes on with an error that says so", function()
    local output, code = run [[
      collectgarbage("incremental", 100, 400, 8) collectgarbage()
      haunt(function() if ghosts > 30 then net:close() else open_send_abort() end end)
      net:on("segment", function(e) check(e.segment) end)
      for i = 1, 1000 do
        conn:send(TEXT:sub(i * 100 - 99, i * 100))
        peer:receive(100)
        for _ in ipairs(server:connections()) do end
      end
    ]]
    assert.equal(1, code, output)
    assert.is_truthy(output:find("the network is closed", 1, true), output)
  end)
end)
