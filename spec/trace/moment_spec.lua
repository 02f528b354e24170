-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local tcplab = require "tcplab"

local function fields_of(name)
  for _, moment in ipairs(tcplab.moments) do
    if moment.name == name then
      local fields = {}
      for i, field in ipairs(moment.fields) do fields[i] = field[1] end
      return fields
    end
  end
end

describe("the moments", function()
  it("each have a sentence, and one for each field", function()
    for _, moment in ipairs(tcplab.moments) do
      assert.is_truthy(moment.doc:match "%.$", moment.name)
      for _, field in ipairs(moment.fields) do assert.is_truthy(#field[2] > 0, moment.name .. "." .. field[1]) end
    end
  end)

  it("know every reason for which a packet may go no further", function()
    local net <close>, client = helper.lab()
    local names = {}
    for _, reason in ipairs(tcplab.reasons) do
      assert.is_nil(names[reason.name])
      assert.is_truthy(reason.doc:match "^%u.+%.$", reason.name)
      names[reason.name] = reason.point
    end
    for drop in pairs(net:counters().dropped) do
      assert.equal("dropped", names[drop], drop)
      names[drop] = nil
    end
    assert.is_string(client:deliver("nonsense"))
    for name in pairs(client:counters().refused) do assert.equal("refused", names[name], name) end
    for name, point in pairs(names) do assert.equal("refused", point, name .. " is no drop of a network's") end
  end)

  it("raise on an unknown name, with the nearest", function()
    local net <close> = tcplab.lab()
    assert.error_matches(function() net:on("stat", print) end, 'unknown moment "stat"; did you mean "state"%?')
    assert.error_matches(function() net:on(1, print) end, "moment: a name expected, got 1")
  end)

  it("carry the fields that the table says, and no others", function()
    local net <close>, client, server, link = helper.lab()
    local common = { time = true, ns = true, order = true, moment = true, host = true, conn = true }
    local seen = {}
    for _, moment in ipairs(tcplab.moments) do
      local known = {}
      for _, field in ipairs(fields_of(moment.name)) do known[field] = true end
      net:on(moment.name, function(e)
        seen[moment.name] = true
        for field in pairs(e) do assert.is_true(common[field] or known[field], moment.name .. "." .. field) end
        assert.equal(moment.name, e.moment)
        assert.equal(e.ns / 1e9, e.time)
      end)
    end
    link:drop("DATA", 1)
    local listener = server:listen(80)
    local conn = assert(client:connect(server, 80))
    local peer = assert(listener:accept())
    conn:send_urgent "hello"
    peer:receive(5)
    conn:abort()
    net:run()
    for _, name in ipairs { "segment", "state", "timer", "rtt", "accept", "data", "urgent", "error" } do
      assert.is_true(seen[name], name .. " was not seen")
    end
  end)

  it("tell of a timer when it is set, though nothing is sent then", function()
    local net <close>, client, server = helper.lab()
    server:setoption("receive_buffer", 5000)
    server:listen(80)
    local conn = assert(client:connect(server, 80))
    local set
    net:on("timer", function(e) set = set or e.timer == "persist" and e end)
    conn:settimeout(0)
    conn:send(("x"):rep(20000))
    net:sleep(5) -- the last piece that fits is too small to be sent at once; then the window closes
    assert.equal("set", set.action)
    assert.is_true(set.deadline > set.time)
  end)
end)
