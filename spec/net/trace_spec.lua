-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

local function teardown(options)
  local conn, peer, l = helper.established(options)
  conn:send "hello\n"
  peer:receive "*l"
  conn:shutdown "send"
  peer:receive "*a"
  peer:close()
  conn:close()
  l.net:run()
  return l, conn, peer
end

local function list(trace, filter)
  local events = {}
  for event in trace:events(filter) do events[#events + 1] = event end
  return events
end

local function count(trace, filter) return #list(trace, filter) end

local function refuses(f, message)
  local ok, raised = pcall(f)
  assert.is_false(ok)
  assert.is_truthy(tostring(raised):find(message, 1, true), raised)
end

describe("a network's trace", function()
  it("tells what happened, oldest first, with the network's own objects", function()
    local l = teardown()
    local events = list(l.net.trace)
    assert.is_true(#events > 20)
    for i = 2, #events do assert.is_true(events[i].ns >= events[i - 1].ns) end
    local first = list(l.net.trace, { moment = "segment" })[1]
    assert.same({ "SYN", "sent", l.client, l.link, l.client, l.server },
      { first.segment.kind, first.point, first.host, first.link, first.from, first.to })
  end)

  it("is picked by moment, host, connection and link, by object or name", function()
    local l, conn = teardown()
    local trace = l.net.trace
    local states = list(trace, { moment = "state", conn = conn })
    assert.equal("SYN-SENT", states[1].to)
    assert.equal("CLOSED", states[#states].to)
    for _, event in ipairs(states) do assert.equal(conn, event.conn) end
    assert.equal(count(trace, { host = l.client }), count(trace, { host = "client" }))
    assert.equal(count(trace, { moment = "segment" }), count(trace, { link = l.link }))
    assert.equal(count(trace), count(trace, { host = "client" }) + count(trace, { host = "server" }))
  end)

  it("refuses what it cannot pick by", function()
    local net = helper.lab()
    refuses(function() net.trace:events { hosts = "client" } end, 'events: unknown field "hosts"; did you mean "host"?')
    refuses(function() net.trace:events { host = "nobody" } end, 'events: host: there is no "nobody"')
    refuses(function() net.trace:events { moment = "stat" } end, 'events: moment: the trace keeps no "stat"')
    refuses(function() net.trace:events { host = "nobody" } end, 'events: host: there is no "nobody"')
    refuses(function() net.trace:events { link = "nowhere" } end, "events: link: a link of this network, or its name, expected")
    refuses(function() net.trace:events { conn = 5 } end, "events: conn: a connection of this network expected, got 5")
    refuses(function() net.trace:ladder { conn = {} } end, "ladder: conn: a connection of this network expected")
    refuses(function() net.trace:ladder { width = 1e9 } end, "ladder: width: 1000000000.0 is not between 60 and 1000")
    refuses(function() net.trace.hash() end, "hash: call it with a colon")
    net:close()
    refuses(function() net.trace:ladder() end, "the network is closed")
    net = helper.lab()
    refuses(function() net.trace:events "state" end, "events: filter: table expected, got string")
  end)

  it("counts what newer events have overwritten", function()
    local l = teardown { trace = { limit = 16 } }
    assert.is_true(l.net.trace.lost > 0)
    assert.is_true(count(l.net.trace) <= 16)
    assert.is_truthy(l.net.trace:ladder():find("^" .. l.net.trace.lost .. " earlier events were overwritten\n"))
    assert.equal(0, teardown().net.trace.lost)
  end)

  it("is forgotten on demand, but for its hash", function()
    local l = teardown()
    local hash = l.net.trace:hash()
    l.net.trace:clear()
    assert.equal(0, count(l.net.trace))
    assert.equal(hash, l.net.trace:hash())
  end)

  it("has the same hash for the same run and another for another", function()
    local one = teardown().net.trace:hash()
    assert.is_truthy(one:find "^%x+$" and #one == 16)
    assert.equal(one, teardown().net.trace:hash())
    assert.not_equal(one, teardown({ seed = 8 }).net.trace:hash())
  end)

  it("holds nothing when it is off", function()
    local l = teardown { trace = false }
    assert.equal(0, count(l.net.trace))
    assert.equal("no segments were traced\n", l.net.trace:ladder())
  end)

  it("has a name", function()
    local net = helper.lab()
    assert.equal(("trace %s, 0 events overwritten"):format(net.trace:hash()), tostring(net.trace))
    local trace = net.trace
    net:close()
    assert.equal("trace of a closed network", tostring(trace))
  end)
end)

describe("a trace's ladder", function()
  it("shows the handshake with a lost SYN-ACK and the four-way teardown", function()
    local net, client, server, link = helper.lab()
    link:drop("SYN-ACK", 1)
    local listener = server:listen(80)
    local conn = assert(client:connect("10.0.0.2", 80))
    local peer = assert(listener:accept())
    conn:shutdown "send"
    peer:receive "*a"
    peer:close()
    conn:close()
    net:run()
    local text = net.trace:ladder { color = false, utf8 = false }
    for _, part in ipairs { "SYN-SENT |-- SYN seq=0 win=", "fault X", "retransmission timer 1.000 s", "retransmission", "ESTABLISHED", "FIN-WAIT-1 |",
      "| CLOSE-WAIT", "| LAST-ACK", "FIN-WAIT-2 |", "TIME-WAIT |", "time-wait timer 240.000 s" } do
      assert.is_truthy(text:find(part, 1, true), part .. " is missing in\n" .. text)
    end
    for line in text:gmatch "[^\n]+" do assert.is_true(#line <= 80, line) end
  end)

  it("draws one connection of many, seen from either end", function()
    local conn, peer, l = helper.established()
    assert(l.client:connect("10.0.0.2", 80))
    local port = select(2, conn:getsockname())
    local text = l.net.trace:ladder { conn = conn, color = false }
    assert.is_truthy(text:find("10.0.0.1:" .. port, 1, true))
    assert.equal(1, select(2, text:gsub("10%.0%.0%.2:80", "")))
    assert.equal(text, l.net.trace:ladder { conn = peer, color = false })
  end)

  it("finds its way across switches, one row a packet", function()
    local net = require "tcplab".lab { seed = 1 }
    local client, server = net:host("client", { address = "10.0.0.1" }), net:host("server", { address = "10.0.0.2" })
    local middle = net:switch "middle"
    net:link(client, middle, { delay = 0.005 })
    net:link(middle, server, { delay = 0.005 })
    server:listen(80)
    assert(client:connect("10.0.0.2", 80))
    net:run(0.1)
    local text = net.trace:ladder { color = false, utf8 = false }
    assert.equal(1, select(2, text:gsub("SYN seq", "")), text)
    assert.is_truthy(text:find "SYN%-SENT |%-%- SYN.*SYN%-RECEIVED +0%.010", text)
  end)

  it("puts several links' losses on the rows of their packets", function()
    local net = require "tcplab".lab { seed = 1 }
    local client, server = net:host("client", { address = "10.0.0.1" }), net:host("server", { address = "10.0.0.2" })
    local middle = net:switch "middle"
    net:link(client, middle, { delay = 0.005 })
    net:link(middle, server, { delay = 0.005 }):drop("SYN", 1)
    server:listen(80)
    assert(client:connect("10.0.0.2", 80))
    local text = net.trace:ladder { color = false, utf8 = false }
    assert.is_truthy(text:find "SYN%-SENT |%-%- SYN seq=0[^\n]*X fault", text)
  end)
end)

describe("a trace that is saved", function()
  it("is a pcapng file that tshark reads without a complaint but for what was lost", function()
    helper.need "tshark"
    local l = teardown()
    local path = helper.folder() .. "/teardown.pcapng"
    assert.is_true(l.net.trace:save(path))
    local expert = helper.shell("tshark -r " .. path .. " -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE -q -z expert,note")
    for _, trouble in ipairs { "Errors", "Warns", "Warnings", "retransmission", "Duplicate", "not captured", "unseen", "Bad" } do
      assert.is_nil(expert:find(trouble, 1, true), expert)
    end
    local flags = helper.shell("tshark -r " .. path .. " -T fields -e tcp.flags.str 2>/dev/null")
    assert.is_truthy(flags:find "S" and flags:find "F")
  end)

  it("has the lost and the repeated told apart by their comments", function()
    helper.need "tshark"
    local net, client, server, link = helper.lab()
    link:drop("SYN", 1)
    server:listen(80)
    assert(client:connect("10.0.0.2", 80))
    local path = helper.folder() .. "/lost.pcapng"
    assert(net.trace:save(path))
    local comments = helper.shell("tshark -r " .. path .. " -T fields -e frame.comment 2>/dev/null")
    assert.is_truthy(comments:find "^[^\n]*client SYN%-SENT[^\n]*dropped on [^\n]*: fault\n[^\n]*retransmission; delivered to server at ", comments)
  end)

  it("names the formats there are when asked for another", function()
    local net = helper.lab()
    for _, path in ipairs { "a.gif", "a", "a.PCAP", "dir.pcapng/file" } do
      refuses(function() net.trace:save(path) end, "no such format; the name must end in .jsonl, .mmd, .pcapng, .pkt, .svg or .txt")
    end
    refuses(function() net.trace:save(nil) end, "save: path: string expected, got nothing")
  end)

  it("answers with the reason when it cannot be written, and leaves nothing", function()
    local net = helper.lab()
    local path = helper.folder() .. "/none/x.pcapng"
    local ok, message, code = net.trace:save(path)
    assert.is_nil(ok)
    assert.equal("ENOENT", code)
    assert.is_truthy(message:find(path, 1, true))
  end)
end)
