-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

describe("a task that a filter starts", function()
  it("runs as soon as the filter's event is over, also when nothing else is left to happen", function()
    local net <close>, client, _, link = helper.lab()
    local began
    link:filter(function()
      net:spawn(function() began = net:now() end)
      return "drop"
    end)
    client:inject { flags = "R", seq = 0, source_port = 1, destination = "10.0.0.2", destination_port = 2 }
    local first = net:spawn(function()
      net:sleep(5)
      client:inject { flags = "R", seq = 0, source_port = 1, destination = "10.0.0.2", destination_port = 2 }
    end)
    assert.equal("idle", (net:run()))
    assert.same({ "done", 5.0 }, { first.state, began })
    client:open { address = "10.0.0.2", port = 80 } -- its SYN goes out after 0, 1, 3 s
    net:run(1.5)
    assert.equal(6.0, began)
    net:run(2)
    assert.equal(8.0, began)
  end)
end)

describe("a task", function()
  local net
  before_each(function() net = helper.lab() end)
  after_each(function() net:close() end)

  local function log_of(...)
    local log = {}
    for _, name in ipairs { ... } do
      net:spawn(function()
        log[#log + 1] = name .. "1"
        net:sleep(0)
        log[#log + 1] = name .. "2"
      end)
    end
    return log
  end

  it("starts at the next step of the present time, not at once", function()
    local started
    local task = net:spawn(function() started = net:now() end)
    assert.is_nil(started)
    assert.equal("ready", task.state)
    net:run(0)
    assert.equal(0.0, started)
    assert.equal("done", task.state)
  end)

  it("gets spawn's arguments, nil among them", function()
    local got
    net:spawn(function(...) got = table.pack(...) end, 1, nil, "x", nil)
    net:run(0)
    assert.same({ 1, nil, "x", nil, n = 4 }, got)
  end)

  it("runs first come, first served", function()
    local log = log_of("a", "b", "c")
    net:run()
    assert.equal("a1 b1 c1 a2 b2 c2", table.concat(log, " "))
  end)

  it("sleeps in the network's time, while others run", function()
    local log = {}
    net:spawn(function() net:sleep(2) log[#log + 1] = "late " .. net:now() end)
    net:spawn(function() net:sleep(1) log[#log + 1] = "early " .. net:now() end)
    assert.equal("idle", (net:run()))
    assert.same({ "early 1.0", "late 2.0" }, log)
  end)

  it("waits through pcall and iterators", function()
    local function ticks()
      return function(_, i)
        net:sleep(1)
        return i < 3 and i + 1 or nil
      end, nil, 0
    end
    local task = net:spawn(function()
      local count = 0
      assert(pcall(function() for _ in ticks() do count = count + 1 end end))
      return count
    end)
    assert.equal(3, task:join())
    assert.equal(4.0, net:now())
  end)

  it("gives join what its function returned, nil among it", function()
    local task = net:spawn(function() net:sleep(1) return 1, nil, 3, nil end)
    assert.same({ 1, nil, 3, nil, n = 4 }, table.pack(task:join()))
    assert.same({ 1, nil, 3, nil, n = 4 }, table.pack(task:join()))
  end)

  it("joins another task", function()
    local first = net:spawn(function() net:sleep(3) return "first" end)
    local second = net:spawn(function() return first:join() .. " and second" end)
    assert.equal("first and second", second:join())
  end)

  it("raises its error from the call that was advancing the network, with the traceback", function()
    local task = net:spawn(function()
      net:sleep(1)
      error "boom"
    end)
    local ok, problem = pcall(net.run, net)
    assert.is_false(ok)
    assert.is_truthy(problem:match "task_spec.lua:%d+: boom\nstack traceback:\n")
    assert.equal("failed", task.state)
    assert.same({ nil, problem, "ECANCELED", n = 3 }, table.pack(task:join()))
  end)

  it("raises a table as it is", function()
    local failure = {}
    net:spawn(function() error(failure) end)
    local ok, problem = pcall(net.run, net)
    assert.is_false(ok)
    assert.equal(failure, problem)
  end)

  it("leaves the network usable when it fails", function()
    net:spawn(function() error "boom" end)
    local other = net:spawn(function() net:sleep(1) return "fine" end)
    assert.is_false((pcall(net.run, net)))
    assert.equal("fine", other:join())
  end)

  it("can be closed while it waits, and closes its variables", function()
    local closed = false
    local task = net:spawn(function()
      local _ <close> = setmetatable({}, { __close = function() closed = true end })
      net:sleep(10)
    end)
    net:run(1)
    task:close()
    assert.is_true(closed)
    assert.equal("closed", task.state)
    assert.same({ nil, "the task was closed", "ECANCELED", n = 3 }, table.pack(task:join()))
    task:close()
    assert.equal("idle", (net:run()))
    assert.equal(1.0, net:now())
  end)

  it("can be closed before it starts", function()
    local ran = false
    local task <close> = net:spawn(function() ran = true end)
    task:close()
    net:run()
    assert.is_false(ran)
  end)

  it("cannot close itself", function()
    local task
    task = net:spawn(function() task:close() end)
    assert.error_matches(function() net:run() end, "close: task %d+ is running")
  end)

  it("wakes a task that joins it when it is closed", function()
    local sleeper = net:spawn(function() net:sleep(100) end)
    local joiner = net:spawn(function() return select(3, sleeper:join()) end)
    net:run(1)
    sleeper:close()
    assert.equal("ECANCELED", joiner:join())
    assert.equal(1.0, net:now())
  end)

  it("must not yield by itself", function()
    net:spawn(function() coroutine.yield() end)
    local _, problem = pcall(net.run, net)
    assert.is_truthy(problem:match "^a task must not yield by itself: net:sleep%(0%)")
  end)

  it("must not run the network", function()
    for _, method in ipairs { "run", "step" } do
      net:spawn(function() net[method](net) end)
      assert.error_matches(function() net:run() end, method .. ": not in a task.*net:sleep")
    end
  end)

  it("must not wait in a coroutine of its own", function()
    net:spawn(function() coroutine.wrap(function() net:sleep(1) end)() end)
    assert.error_matches(function() net:run() end, "sleep would have to wait.*coroutine made by a task.*net:spawn")
  end)

  it("is told apart where a C function stands between", function()
    net:spawn(function() table.sort({ 1, 2 }, function() net:sleep(1) end) end)
    assert.error_matches(function() net:run() end, "sleep would have to wait.*called from C")
  end)

  it("is named by run while it waits", function()
    local task = net:spawn(function() net:_wait(require "tcplab.base.signal".new(), nil, "something") end)
    local why, waiting = net:run()
    assert.equal("idle", why)
    assert.same({ task }, waiting)
    assert.is_truthy(tostring(task):match "^task 1: waiting in something$")
  end)

  it("lives on when its handle is collected", function()
    local done = false
    net:spawn(function() net:sleep(1) done = true end)
    collectgarbage()
    collectgarbage()
    net:run()
    assert.is_true(done)
  end)

  it("needs a function", function()
    assert.error_matches(function() net:spawn(5) end, "function: a function expected, got 5")
  end)
end)

describe("a coroutine that the main chunk made", function()
  it("advances the network as the main chunk does", function()
    local net <close> = helper.lab()
    local ticks = coroutine.wrap(function()
      for _ = 1, 3 do
        net:sleep(1)
        coroutine.yield(net:now())
      end
    end)
    assert.equal(1.0, ticks())
    assert.equal(2.0, ticks())
    assert.equal(3.0, ticks())
  end)
end)
