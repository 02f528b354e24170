-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local tcplab = require "tcplab"

-- A greeting and a teardown. change(l) may alter the lab before, or connect more.
local function run(options, change)
  local conn, peer, l = helper.established(options)
  if change then change(l, conn, peer) end
  conn:send "hello\n"
  peer:receive "*l"
  conn:close()
  peer:close()
  l.net:run(10)
  return l.net
end

local function saved(net)
  local path = helper.folder() .. "/run.jsonl"
  assert(net.trace:save(path))
  return assert(tcplab.load(path)), path
end

local function names(difference)
  local list = {}
  for i, field in ipairs(difference.fields) do list[i] = field.name end
  return table.concat(list, " ")
end

local function text(path) return helper.read(path) end

describe("two runs", function()
  it("are equal when nothing differs, live or read from a file", function()
    local difference, segments = tcplab.diff(run(), run())
    assert.is_nil(difference)
    assert.is_true(segments >= 7)
    assert.is_nil(tcplab.diff(saved(run()), run().trace))
  end)

  it("are equal though initial sequence numbers, ephemeral ports and timestamps are others", function()
    local one, two = run { seed = 1 }, run { seed = 2 }
    local function first(net) return net.trace:events { moment = "segment" }().segment end
    assert.not_equal(first(one).seq, first(two).seq)
    assert.not_equal(first(one).source_port, first(two).source_port)
    assert.is_nil(tcplab.diff(one, two))
    assert.equal("options", names(tcplab.diff(one, two, { timestamps = true })))
  end)

  it("are equal though they begin at other times", function()
    local function late(wait)
      local net, client, server = helper.lab()
      server:listen(80)
      net:run(wait)
      assert(client:connect("10.0.0.2", 80))
      net:run(1)
      return net
    end
    assert.is_nil(tcplab.diff(late(0), late(5)))
  end)

  it("part at the segment that only one of them lost", function()
    local difference = tcplab.diff(run(), run({}, function(l) l.link:drop("DATA", 1) end))
    assert.equal([[
client > server:80: parts at the 3rd segment from client
          0.020  client: SYN-SENT -> ESTABLISHED
          0.020  client > server  ACK seq=1 ack=1
          0.030  server: SYN-RECEIVED -> ESTABLISHED
  first:  0.030  client > server  DATA seq=1:7 ack=1 (6)
  second: 0.030  client > server  DATA seq=1:7 ack=1 (6) lost: fault
  fate: first arrived, second lost: fault
]], tostring(difference))
    assert.same({ "segment", "client", 3, "fate", 0 },
      { difference.what, difference.from, difference.number, names(difference), difference.others })
    assert.same({ name = "fate", first = "arrived", second = "lost: fault" }, difference.fields[1])
  end)

  it("part at the same place whichever is first", function()
    local one, two = run(), run({}, function(l) l.link:drop("FIN", 1) end)
    local there, back = tcplab.diff(one, two), tcplab.diff(two, one)
    assert.same({ there.first, there.second, there.number }, { back.second, back.first, back.number })
  end)

  it("part in time alone unless that is tolerated, to the tolerance and no further", function()
    local one, two = run(), run { link = { delay = 0.011 } }
    local difference = tcplab.diff(one, two)
    assert.equal("arrival", names(difference))
    assert.equal("0.01000512 s", difference.fields[1].first)
    assert.is_nil(tcplab.diff(one, two, { tolerance = 0.0061 }))
    assert.is_truthy(tcplab.diff(one, two, { tolerance = 0.0059 }))
    assert.is_truthy(tcplab.diff(one, two, { tolerance = 0.000999999 }))
    local exact = run { link = { delay = 0.010000001 } }
    assert.is_truthy(tcplab.diff(one, exact))
    assert.is_nil(tcplab.diff(one, exact, { tolerance = 0.00000001 }))
  end)

  it("part where the content, the window, the options or a mark differ", function()
    local function with(change) return names(tcplab.diff(run({ client = { ecn = 1 }, server = { ecn = 1 } }), change, { tolerance = 1 })) end
    local ecn = { client = { ecn = 1 }, server = { ecn = 1 } }
    local function filtered(kind, change)
      return run(ecn, function(l)
        l.client:filter("out", function(segment)
          if segment.kind == kind then change(segment) end
        end)
      end)
    end
    assert.equal("payload", with(filtered("DATA", function(s) s.payload = "hallo\n" end)))
    assert.equal("flags urgent", with(filtered("DATA", function(s) s.flags, s.urgent = s.flags .. "U", 3 end)))
    assert.equal("window", with(filtered("DATA", function(s) s.window = 1 end)))
    assert.equal("ttl", with(filtered("DATA", function(s) s.ttl = 3 end)))
    assert.equal("marked", with(run(ecn, function(l) l.link:mark("DATA", 1) end)))
    assert.equal("duplicated", with(run(ecn, function(l) l.link:duplicate("DATA", 1) end)):match "duplicated")
    assert.equal("options", with(run { client = { ecn = 1, mss = 1000 }, server = { ecn = 1 } }))
  end)

  it("differ in what is not to be ignored alone", function()
    local one, two = run(), run { client = { mss = 1000 } }
    assert.equal("options", names(tcplab.diff(one, two)))
    assert.is_nil(tcplab.diff(one, two, { ignore = { "options", "time", "arrival" } }))
  end)

  it("part at the end of the shorter one", function()
    local function talk(words)
      local conn, peer, l = helper.established()
      for i = 1, words do
        conn:send(("word %d\n"):format(i))
        peer:receive "*l"
      end
      return l.net
    end
    local difference = tcplab.diff(talk(1), talk(2))
    assert.same({ "segment", "client", 4, nil, "" }, { difference.what, difference.from, difference.number, difference.first, names(difference) })
    assert.is_truthy(tostring(difference):find("first:  (nothing more)\n  second: ", 1, true))
    assert.is_truthy(difference.second:find("DATA seq=8:15", 1, true))
    assert.is_truthy(difference.before[3]:find("client > server  DATA seq=1:8", 1, true) or difference.before[2]:find("DATA seq=1:8", 1, true))
  end)

  it("part where the states do though all segments are equal", function()
    local function handshake(hasty)
      local net, client, server = helper.lab()
      if hasty then server.machine:override("LISTEN", "SEG-SYN", "ESTABLISHED") end
      server:listen(80)
      assert(client:connect("10.0.0.2", 80))
      return net
    end
    local difference = tcplab.diff(handshake(false), handshake(true))
    assert.same({ "state", "server", 1, "to" }, { difference.what, difference.from, difference.number, names(difference) })
  end)

  it("part where one has a connection more, and count how many part", function()
    local more = function(l) assert(l.client:connect("10.0.0.2", 80)) end
    local difference = tcplab.diff(run(), run({}, more), { tolerance = 1 })
    assert.is_nil(difference.first)
    assert.is_truthy(difference.second:find("SYN seq=0", 1, true))
    assert.equal(0, difference.others)
    difference = tcplab.diff(run(), run({}, function(l)
      more(l)
      l.link:drop("DATA", 1)
    end), { tolerance = 1 })
    assert.equal(1, difference.others)
    assert.is_truthy(tostring(difference):find("1 more connection parts too\n$"))
  end)

  it("have their connections matched by hosts and the port called, in whatever order they began", function()
    local function two(first, second)
      local net, client, server = helper.lab()
      server:listen(80)
      server:listen(81, { mss = 700 })
      assert(client:connect("10.0.0.2", first))
      assert(client:connect("10.0.0.2", second))
      net:run(1)
      return net
    end
    assert.is_nil(tcplab.diff(two(80, 81), two(81, 80), { tolerance = 1 }))
    assert.is_truthy(tcplab.diff(two(80, 81), two(81, 80), { tolerance = 1, names = false }))
    assert.equal("port", names(tcplab.diff(two(80, 80), two(80, 81), { tolerance = 1, ignore = { "options" } })))
  end)

  it("have their connections matched by order where the hosts have other names", function()
    local function named(one, two)
      local net = tcplab.lab { seed = 1 }
      local a, b = net:host(one, { address = "10.0.0.1" }), net:host(two, { address = "10.0.0.2" })
      net:link(a, b, { delay = 0.01 })
      b:listen(80)
      assert(a:connect("10.0.0.2", 80))
      return net
    end
    assert.is_truthy(tcplab.diff(named("a", "b"), named("anna", "bert")))
    assert.is_nil(tcplab.diff(named("a", "b"), named("anna", "bert"), { names = false }))
  end)

  it("do not part for what a network's edge has not seen", function()
    -- As a real network sees it: of the other end nothing but its segments.
    local function half(path)
      local kept, count = {}, -1
      for line in text(path):gmatch "[^\n]+" do
        if not line:find('"host":"server"', 1, true) or line:find('"point":"sent"', 1, true) then
          kept[#kept + 1] = line:gsub('"host":"server","conn":"server#1",', "")
          count = count + 1
        end
      end
      local whole = table.concat(kept, "\n"):gsub('"events":%d+', '"events":' .. count, 1)
      return assert(tcplab.load(helper.write(helper.folder() .. "/half.jsonl", whole .. "\n")))
    end
    local net = run()
    local _, path = saved(net)
    assert.is_nil(tcplab.diff(net, half(path)))
    assert.equal("options", names(tcplab.diff(run { client = { mss = 1000 } }, half(path))))
  end)

  it("are not compared where a mistake is made", function()
    local net = run()
    local function refuses(message, ...)
      local ok, raised = pcall(tcplab.diff, ...)
      assert.is_false(ok)
      assert.is_truthy(raised:find(message, 1, true), raised)
    end
    refuses("diff: second: a trace or a network expected, got nil", net)
    refuses("diff: first: a trace or a network expected, got 5", 5, net)
    refuses('diff: unknown option "tolerence"; did you mean "tolerance"?', net, net, { tolerence = 1 })
    refuses("diff: tolerance: -1 seconds is not a time span", net, net, { tolerance = -1 })
    refuses('diff: ignore: there is no field "windows"; did you mean "window"?', net, net, { ignore = { "windows" } })
    refuses("diff: names: boolean or nil expected, got number", net, net, { names = 1 })
  end)
end)

describe("tcplab diff", function()
  local command = helper.build .. "/tcplab diff "
  local one, two

  setup(function()
    one = select(2, saved(run()))
    two = select(2, saved(run({}, function(l) l.link:drop("DATA", 1) end)))
  end)

  it("says that two traces are equal, and exits with 0", function()
    local output, code = helper.shell(command .. one .. " " .. one)
    assert.same({ 0, "equal: 9 segments\n" }, { code, output })
  end)

  it("shows where they part, and exits with 1", function()
    local output, code = helper.shell(command .. one .. " " .. two)
    assert.equal(1, code)
    assert.equal(tostring(tcplab.diff(assert(tcplab.load(one)), assert(tcplab.load(two)))), output)
  end)

  it("prints JSON on demand", function()
    local json = require "dkjson"
    local output, code = helper.shell(command .. "--json " .. one .. " " .. two)
    local result = assert(json.decode(output))
    assert.same({ 1, false, "client > server:80", "fate" }, { code, result.equal, result.connection, result.fields[1].name })
    output, code = helper.shell(command .. "--json " .. one .. " " .. one)
    assert.same({ 0, { equal = true, segments = 9 } }, { code, (json.decode(output)) })
  end)

  it("takes a tolerance and fields to ignore", function()
    local slow = select(2, saved(run { link = { delay = 0.011 } }))
    assert.equal(1, select(2, helper.shell(command .. one .. " " .. slow)))
    assert.equal(0, select(2, helper.shell(command .. "--tolerance 0.01 " .. one .. " " .. slow)))
    assert.equal(0, select(2, helper.shell(command .. "--ignore time,arrival " .. one .. " " .. slow)))
  end)

  it("exits with 2 for what is no trace and what it does not know", function()
    local function refused(words, message)
      local output, code = helper.shell(command .. words)
      assert.equal(2, code, output)
      assert.is_truthy(output:find(message, 1, true), output)
    end
    refused(one .. " none.jsonl", "none.jsonl: No such file or directory")
    refused(one .. " README.md", "README.md:1: ")
    refused(one .. " " .. two .. " --tolerance soon", "--tolerance: 'soon' is not a time in seconds")
    refused(one .. " " .. two .. " --ignore windows", 'ignore: there is no field "windows"; did you mean "window"?')
    refused(one, "missing argument 'second'")
  end)
end)
