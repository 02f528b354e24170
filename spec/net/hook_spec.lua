-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

describe("a hook's handle", function()
  it("takes the function off once, by hand or with its scope", function()
    local net <close>, client, server = helper.lab()
    local count = 0
    do
      local hook <close> = net:on("state", function() count = count + 1 end)
      assert.equal("state", hook.moment)
      assert.equal("hook: state", tostring(hook))
      client:open { address = server, port = 80 }
      net:run(0)
    end
    assert.equal(1, count)
    net:run()
    assert.equal(1, count)
  end)

  it("may be closed after its network", function()
    local net, client, _, link = helper.lab()
    local hooks = { net:on("state", print), client:on("segment", print), link:filter(print), link:drop "SYN" }
    net:close()
    for _, hook in ipairs(hooks) do hook:close() end
    assert.is_true(hooks[1].closed and hooks[4].closed)
  end)

  it("may close another hook of the same event, which then does not run", function()
    local net <close>, client, server = helper.lab()
    local second_ran, second = false, nil
    net:on("state", function() second:close() end)
    second = net:on("state", function() second_ran = true end)
    client:open { address = server, port = 80 }
    net:run(0)
    assert.is_false(second_ran)
  end)

  it("hung during an event waits for the next", function()
    local net <close>, client, server = helper.lab()
    local log = {}
    net:on("state", function(e)
      if #log > 0 then return end
      log[1] = "first " .. e.to
      net:on("state", function(later) log[#log + 1] = "second " .. later.to end)
    end)
    client:open { address = server, port = 80 }
    net:run()
    assert.same({ "first SYN-SENT", "second CLOSED" }, log)
  end)
end)

describe("hooks", function()
  local net, client, server
  before_each(function() net, client, server = helper.lab() end)
  after_each(function() net:close() end)

  local function handshake()
    local listener = server:listen(80)
    return assert(client:connect(server, 80)), assert(listener:accept())
  end

  it("see every state change, with objects in their fields", function()
    local seen = {}
    net:on("state", function(e) seen[#seen + 1] = ("%s %s %s %s"):format(e.host.name, e.from, e.to, e.event) end)
    local conn
    net:on("state", function(e) if e.host == client then conn = e.conn end end)
    assert.equal(handshake(), conn)
    assert.same({
      "client CLOSED SYN-SENT OPEN-active",
      "server LISTEN SYN-RECEIVED SEG-SYN",
      "client SYN-SENT ESTABLISHED SEG-SYN-ACK",
      "server SYN-RECEIVED ESTABLISHED SEG-ACK-new",
    }, { seen[1], seen[2], seen[3], seen[4] and (seen[4]:gsub("SEG%-ACK.*", "SEG-ACK-new")) })
  end)

  it("run in the order in which they were hung, whatever they hang on", function()
    local log = {}
    local function note(name) return function(e) if e.to == "ESTABLISHED" and e.host == client then log[#log + 1] = name end end end
    server:listen(80)
    local conn = client:open { address = server, port = 80 }
    net:on("state", note "net 1")
    conn:on("state", note "conn")
    client:on("state", note "host")
    server:on("state", note "other host")
    net:on("state", note "net 2")
    net:run()
    assert.same({ "net 1", "conn", "host", "net 2" }, log)
  end)

  it("are taken off by their handle, also from inside", function()
    local count, hook = 0, nil
    hook = net:on("segment", function()
      count = count + 1
      hook:close()
      hook:close()
    end)
    handshake()
    assert.equal(1, count)
    assert.is_true(hook.closed)
    assert.equal("hook: segment (closed)", tostring(hook))
  end)

  it("live on when their handle is collected", function()
    local count = 0
    net:on("accept", function() count = count + 1 end)
    collectgarbage()
    handshake()
    assert.equal(1, count)
  end)

  it("get fresh segments: keeping or changing one changes nothing", function()
    local kept
    net:on("segment", function(e)
      if e.segment.kind == "DATA" and e.point == "sent" then
        kept = e.segment
        e.segment.payload = "changed"
      end
    end)
    local conn, peer = handshake()
    conn:send "hello"
    assert.equal("hello", peer:receive(5))
    assert.equal("changed", kept.payload)
  end)

  it("get one of their own each: what one hook does to its event, the next does not see", function()
    local seen = {}
    net:on("segment", function(e)
      e.segment.payload, e.segment.options.mss, e.conn, e.host = "changed", 7, nil, nil
    end)
    client:on("segment", function(e) seen[#seen + 1] = { e.segment.payload, e.segment.options.mss, e.conn.state, e.host.name } end)
    client:open { address = server, port = 80 }
    net:run(0)
    assert.same({ { "", 1460, "SYN-SENT", "client" } }, seen)
  end)

  it("may close, abort and open", function()
    local opened
    net:on("state", function(e)
      if e.host == client and e.to == "ESTABLISHED" and not opened then
        opened = client:open { address = server, port = 80 }
        e.conn:abort()
        collectgarbage()
      end
    end)
    server:listen(80)
    client:open { address = server, port = 80 }
    net:run(1)
    assert.equal("ESTABLISHED", opened.state)
    assert.equal(1, #client:connections())
  end)

  it("may close the network, and whoever waits is told so", function()
    local conn, peer = handshake()
    net:on("data", function() net:close() end)
    conn:send "hello"
    local data, message, partial, code = peer:receive(5)
    assert.same({ nil, "closed", "", "ECANCELED" }, { data, message, partial, code })
  end)

  it("may close the network", function()
    net:on("state", function(e) if e.to == "SYN-RECEIVED" then net:close() end end)
    server:listen(80)
    client:open { address = server, port = 80 }
    assert.equal("stopped", (net:run()))
    assert.is_true(net.closed)
  end)

  it("must not wait, and are told the way out", function()
    server:listen(80)
    net:on("state", function(e) if e.to == "ESTABLISHED" then e.conn:receive() end end)
    client:open { address = server, port = 80 }
    local ok, problem = pcall(net.run, net)
    assert.is_false(ok)
    assert.is_truthy(problem:match "receive would have to wait, which a hook %(state%) must not: start a task with net:spawn, or settimeout%(0%)")
  end)

  it("may receive what is there, and with settimeout(0) also what is not", function()
    local listener = server:listen(80)
    local got = {}
    server:on("data", function(e)
      e.conn:settimeout(0)
      got[#got + 1] = { e.conn:receive(5) }
      got[#got + 1] = { e.conn:receive(5) }
    end)
    local conn = assert(client:connect(server, 80))
    conn:send "hello"
    net:run()
    assert.same({ { "hello" }, { nil, "timeout", "", "EAGAIN" } }, got)
    listener:close()
  end)

  it("must not run the network", function()
    net:on("state", function() net:run() end)
    client:open { address = server, port = 80 }
    assert.error_matches(function() net:run() end, "run: not in a hook %(state%)")
  end)

  it("must not yield", function()
    local hook = net:on("state", function() coroutine.yield() end)
    client:open { address = server, port = 80 }
    assert.is_false(coroutine.wrap(function() return (pcall(net.run, net)) end)())
    hook:close()
    assert.equal("idle", (net:run()))
  end)

  it("raise from the call that was advancing the network, strings with the traceback", function()
    net:on("state", function() error "boom" end)
    server:listen(80)
    local ok, problem = pcall(client.connect, client, server, 80)
    assert.is_false(ok)
    assert.is_truthy(problem:match "hook_spec.lua:%d+: boom\nstack traceback:\n")
  end)

  it("raise other values as they are; the first failure wins, and the others still run", function()
    local first, second, third = {}, {}, 0
    net:on("accept", function() error(first) end)
    net:on("accept", function() error(second) end)
    net:on("accept", function() third = third + 1 end)
    server:listen(80)
    client:open { address = server, port = 80 }
    local ok, problem = pcall(net.run, net)
    assert.is_false(ok)
    assert.equal(first, problem)
    assert.equal(1, third)
    assert.equal("idle", (net:run()))
  end)

  it("need a function", function()
    assert.error_matches(function() net:on("state", "x") end, 'function: a function expected, got "x"')
  end)
end)
