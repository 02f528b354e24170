-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local netstat = require "tcplab.netstat"
local tcplab = require "tcplab"

describe("netstat", function()
  local net, client, server, link
  before_each(function() net, client, server, link = helper.lab() end)
  after_each(function() net:close() end)

  local function row_of(state, host)
    for _, row in ipairs(netstat.read(net, { host = host }).rows) do
      if row.state == state then return row end
    end
  end

  -- SYNs of others, who never answer.
  local function flood(count)
    for i = 1, count do
      server:deliver { flags = "S", seq = 0, source = "10.9.0." .. i % 250 + 1, source_port = 1000 + i, destination_port = 80, window = 1000 }
    end
    net:run(0.1)
  end

  it("tells a listener's queues as ss does, and its half-open ones besides", function()
    server:listen(80, { backlog = 5, half_open = 20 })
    assert(client:connect(server, 80))
    flood(3)
    local row = row_of "LISTEN"
    assert.same({
      host = "server", state = "LISTEN", receive_queue = 1, send_queue = 5, local_port = 80, half_open = 3, half_open_limit = 20,
    }, row)
  end)

  it("does not tell of an ended connection that somebody may read from still", function()
    local listener = server:listen(80)
    local conn = assert(client:connect(server, 80))
    local peer = assert(listener:accept())
    peer:send "last words"
    peer:close()
    net:run(0.1)
    conn:shutdown "send"
    net:run(0.1)
    assert.same({ "CLOSED", 1 }, { conn.state, client:counters().connections })
    assert.equal("nothing listens, nothing is connected\n", netstat.text(netstat.read(net, { host = "client" })))
    assert.equal("last words", conn:receive "*a")
  end)

  it("tells a connection's ends, queues, and the timer due next, with what ran out in vain", function()
    server:listen(80)
    local conn = assert(client:connect(server, 80, { local_port = 4000 }))
    net:run(0.1)
    link:down()
    conn:send "hello"
    local sent = net:now()
    net:run(3.5)
    local row = row_of("ESTABLISHED", "client")
    local timer = row.timer
    row.timer = nil
    assert.same({
      host = "client", state = "ESTABLISHED", receive_queue = 0, send_queue = 5, local_address = "10.0.0.1", local_port = 4000,
      remote_address = "10.0.0.2", remote_port = 80,
    }, row)
    assert.same({ "retransmission", 2 }, { timer.name, timer.retries })
    local deadline = conn:status().timers.retransmission
    assert.is_true(math.abs(timer.seconds - (deadline - net:now())) < 1e-9 and deadline > sent)
  end)

  it("counts unanswered keep-alive probes, and what is unread", function()
    local listener = server:listen(80)
    local conn = assert(client:connect(server, 80, { keepalive = true, keepalive_idle = 10, keepalive_interval = 5 }))
    assert(listener:accept()):send "unread"
    net:run(1)
    link:down()
    net:run(17)
    assert.equal(2, conn:status().probes)
    local row = row_of("ESTABLISHED", "client")
    assert.same({ "keepalive", 2, 6 }, { row.timer.name, row.timer.retries, row.receive_queue })
  end)

  it("knows half-open connections and those in TIME-WAIT by the little that they keep", function()
    local listener = server:listen(80)
    flood(1)
    local half = row_of "SYN-RECEIVED"
    assert.same({ "10.0.0.2", 80, "10.9.0.2", 1001 }, { half.local_address, half.local_port, half.remote_address, half.remote_port })
    local conn = assert(client:connect(server, 80))
    conn:shutdown "send"
    assert(listener:accept()):close()
    net:run(0.1)
    assert.equal("time-wait", row_of "TIME-WAIT".timer.name)
  end)

  it("shows states in the machine's order, a host after the other, and leaves out what has ended", function()
    local listener = server:listen(80)
    local first = assert(client:connect(server, 80))
    local peer = assert(listener:accept())
    peer:send "unread"
    net:run(0.1)
    peer:abort()
    net:run(0.1)
    assert.equal("CLOSED", first.state)
    assert(client:connect(server, 80))
    flood(1)
    local states = {}
    for i, row in ipairs(netstat.read(net).rows) do states[i] = row.host:sub(1, 1) .. ":" .. row.state end
    assert.same({ "c:ESTABLISHED", "s:LISTEN", "s:SYN-RECEIVED", "s:ESTABLISHED" }, states)
  end)

  it("limits the rows of a state, and counts the rest", function()
    server:listen(80, { half_open = 256 })
    flood(300)
    local view = netstat.read(net, { limit = 10 })
    assert.equal(11, #view.rows)
    assert.same({ { host = "server", state = "SYN-RECEIVED", count = 246 } }, view.left_out)
    assert.equal(257, #netstat.read(net).rows)
    local text = netstat.text(view)
    assert.is_truthy(text:find("half-open 256/256\n", 1, true))
    assert.is_truthy(text:find("\nserver SYN-RECEIVED ... and 246 more\n", 1, true))
    assert.equal(13, select(2, text:gsub("\n", "")))
  end)

  it("prints columns, numbers to the right, within 80 columns", function()
    server:listen(80)
    local conn = assert(client:connect(server, 80, { local_port = 4000 }))
    net:run(0.1)
    link:down()
    conn:send(("x"):rep(1000))
    assert.equal([[
Host   State       Recv-Q Send-Q Local         Peer          Timer
client ESTABLISHED      0   1000 10.0.0.1:4000 10.0.0.2:80   probe 0.080s
server LISTEN           1    128 *:80          *:*           half-open 0/1024
server ESTABLISHED      0      0 10.0.0.2:80   10.0.0.1:4000
]], netstat.text(netstat.read(net)))
    assert.equal([[
State       Recv-Q Send-Q Local         Peer        Timer
ESTABLISHED      0   1000 10.0.0.1:4000 10.0.0.2:80 probe 0.080s
]], netstat.text(netstat.read(net, { host = "client" })))
    assert.equal("nothing listens, nothing is connected\n", netstat.text(netstat.read(net, { host = "nobody" })))
  end)

  it("stands in line under names of two columns a character", function()
    net:host("客户端", { address = "10.0.0.8" }):listen(80)
    net:host("vehost", { address = "10.0.0.9" }):listen(80)
    assert.is_truthy(netstat.text(netstat.read(net)):find "\n客户端 LISTEN .*\nvehost LISTEN ")
  end)

  it("writes IPv6 addresses in brackets", function()
    local six = net:host("six", { address = "fd00::6" })
    assert(six:listen(80, { address = "fd00::6" }))
    assert.is_truthy(netstat.text(netstat.read(net)):find(" [fd00::6]:80 *:* ", 1, true))
  end)

  it("changes nothing: looking leaves the trace and the small records as they are", function()
    server:listen(80)
    flood(5)
    local before = { net.trace:hash(), server:counters().half_open, server:counters().connections }
    netstat.read(net)
    assert.same(before, { net.trace:hash(), server:counters().half_open, server:counters().connections })
  end)
end)

describe("a host with many connections", function()
  it("is walked over with few of them in memory", function()
    local net <close> = tcplab.lab { trace = false }
    local host = net:host("host", { address = "10.0.0.1", half_open = 5000 })
    host:listen(80)
    for i = 1, 3000 do
      host:deliver { flags = "S", seq = 0, source = "10.1.0.1", source_port = i, destination_port = 80, window = 1000 }
    end
    collectgarbage()
    local before, most, count, ports = collectgarbage "count", 0, 0, {}
    for conn in host:connections() do
      count = count + 1
      local _, port = conn:getpeername()
      ports[port] = conn.state
      if count % 500 == 0 then
        collectgarbage()
        most = math.max(most, collectgarbage "count")
      end
    end
    assert.equal(3000, count)
    for i = 1, 3000 do assert.equal("SYN-RECEIVED", ports[i]) end
    assert.is_true(most - before < 1500, most - before .. " KiB for 3000 connections")
  end)
end)
