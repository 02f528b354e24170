-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local docs = require "spec.tools.docs"
local json = require "dkjson"
local tcplab = require "tcplab"

-- Losses, copies, damage, a mark, two families, a switch, a refusal, and an ICMP error.
local function busy(options)
  local net = tcplab.lab { seed = 5, trace = options }
  local client = net:host("client", { address = { "10.0.0.1", "fd00::1" }, ecn = 1 })
  local server = net:host("server", { address = { "10.0.0.2", "fd00::2" }, ecn = 1 })
  local middle = net:switch "middle"
  local near = net:link(client, middle, { delay = 0.005, name = 'a "near" link' })
  local far = net:link(middle, server, { delay = 0.005, mtu = 1400 })
  near:drop("DATA", 2)
  near:duplicate("ACK", 1)
  far:corrupt("DATA", 3)
  far:mark("DATA", 5)
  local listener = server:listen(80)
  assert(client:connect("10.0.0.2", 81) == nil)
  local conn = assert(client:connect("10.0.0.2", 80))
  local peer = assert(listener:accept())
  conn:send(("x"):rep(20000))
  peer:receive(20000)
  conn:close()
  peer:close()
  assert(client:connect("fd00::2", 80))
  net:run(1)
  return net
end

local function saved(net)
  local path = helper.folder() .. "/trace.jsonl"
  assert(net.trace:save(path))
  return path, helper.read(path)
end

local function lines_of(text)
  local list = {}
  for line in text:gmatch "[^\n]+" do list[#list + 1] = assert(json.decode(line)) end
  return list
end

-- An event's fields, with names for objects.
local function plainly(event)
  local plain = {}
  for name, value in pairs(event) do
    if name == "conn" then value = true end
    if type(value) == "table" and name ~= "segment" then value = value.name end
    plain[name] = value
  end
  return plain
end

local function list(trace)
  local events = {}
  for _, event in ipairs(trace:_plain()) do events[#events + 1] = plainly(event) end
  return events
end

local function refused(text)
  local path = helper.write(helper.folder() .. "/broken.jsonl", text)
  local trace, message, code = tcplab.load(path)
  assert.is_nil(trace)
  assert.equal("EBADMSG", code)
  assert.equal(path .. ":", message:sub(1, #path + 1))
  return message:sub(#path + 2)
end

describe("a trace as JSON lines", function()
  it("begins with a header that tells the network", function()
    local net = busy()
    local _, text = saved(net)
    local header = lines_of(text)[1]
    assert.equal("tcplab-trace", header.format)
    assert.same({ 1, tcplab._VERSION, 5, 0, net.trace:hash() }, { header.version, header.tcplab, header.seed, header.lost, header.hash })
    assert.equal(select(2, text:gsub("\n", "")) - 1, header.events)
    assert.same({ { name = "client", kind = "host", addresses = { "10.0.0.1", "fd00::1" } },
      { name = "server", kind = "host", addresses = { "10.0.0.2", "fd00::2" } }, { name = "middle", kind = "switch", addresses = {} } }, header.hosts)
    assert.same({ { name = 'a "near" link', a = "client", b = "middle" }, { name = "middle-server", a = "middle", b = "server" } }, header.links)
  end)

  it("tells an event in each further line, in a fixed order of keys", function()
    local _, text = saved(busy())
    local line = text:match "\n([^\n]*)"
    assert.equal('{"ns":0,"time":0.000000000,"order":1,"moment":"state","host":"client","conn":"client#1",'
      .. '"from":"CLOSED","to":"SYN-SENT","event":"OPEN-active"}', line)
    local syn = lines_of(text)[3].segment
    assert.same({ "SYN", "SEW", "10.0.0.1", 81, 0, 0, "mss", 1460 }, { syn.kind, syn.flags, syn.source, syn.destination_port, syn.relative.seq,
      syn.payload_size, syn.options[1].name, syn.options[1].value })
  end)

  it("is the same, byte for byte, for equal runs", function()
    assert.equal(select(2, saved(busy())), select(2, saved(busy())))
  end)

  it("has no key that its schema does not tell", function()
    local known = {}
    for _, block in ipairs(docs.read "lua/tcplab/save/jsonl.lua") do
      local fields = {}
      for _, field in ipairs(block.fields) do fields[field[1]:gsub("%?$", "")] = true end
      if block.class then known[block.class] = fields end
    end
    local fields = {}
    for _, moment in ipairs(tcplab.moments) do
      fields[moment.name] = setmetatable({}, { __index = known["tcplab.jsonl.event"] })
      for _, field in ipairs(moment.fields) do fields[moment.name][field[1]] = true end
    end
    local all = lines_of(select(2, saved(busy())))
    for name in pairs(all[1]) do assert.is_true(known["tcplab.jsonl.header"][name], name) end
    for i = 2, #all do
      for name in pairs(all[i]) do assert.is_true(fields[all[i].moment][name], all[i].moment .. " " .. name) end
      for name in pairs(all[i].segment or {}) do assert.is_true(known["tcplab.jsonl.segment"][name], "segment " .. name) end
    end
  end)

  it("is valid JSON whatever the names are", function()
    local net = tcplab.lab {}
    local names = { 'say "hi"', "back\\slash", "größe" }
    for i, name in ipairs(names) do net:host(name, { address = "10.0.0." .. i }) end
    local path, text = saved(net)
    assert.is_truthy(utf8.len(text))
    local header = lines_of(text)[1]
    for i = 1, 3 do assert.equal(names[i], header.hosts[i].name) end
    assert.is_truthy(tcplab.load(path))
  end)
end)

describe("a trace that was read", function()
  it("has every event with every field as the network's own trace", function()
    local net = busy()
    local trace = assert(tcplab.load((saved(net))))
    local moments = {}
    local mine, its = list(net.trace), list(trace)
    assert.equal(#mine, #its)
    for i, event in ipairs(mine) do
      assert.same(event, its[i])
      moments[event.moment] = true
    end
    for _, name in ipairs { "segment", "state", "timer", "rtt", "congestion", "accept", "error" } do assert.is_true(moments[name], name) end
  end)

  it("draws, hashes and saves as the network's own", function()
    local net = busy()
    local path, text = saved(net)
    local trace = assert(tcplab.load(path))
    assert.equal(net.trace:ladder { color = false }, trace:ladder { color = false })
    assert.equal(net.trace:hash(), trace:hash())
    assert.equal(tostring(net.trace), tostring(trace))
    local folder = helper.folder()
    assert(trace:save(folder .. "/again.jsonl"))
    assert.equal(text, helper.read(folder .. "/again.jsonl"))
    for _, extension in ipairs { "pcapng", "svg", "sequence.svg", "congestion.svg", "mmd" } do
      assert(trace:save(folder .. "/again." .. extension))
      assert(net.trace:save(folder .. "/first." .. extension))
      assert.equal(helper.read(folder .. "/first." .. extension), helper.read(folder .. "/again." .. extension), extension)
    end
  end)

  it("is picked by moment, host, link and connection, by value or name", function()
    local trace = assert(tcplab.load((saved(busy()))))
    local function count(filter)
      local n, last = 0, nil
      for event in trace:events(filter) do n, last = n + 1, event end
      return n, last
    end
    local all, last = count()
    assert.equal("client", trace:events()().host.name)
    assert.equal("connection: client#1", tostring(trace:events()().conn))
    assert.equal(count { host = "client" }, count { host = trace:events()().host })
    assert.is_true(count { host = "client" } < all and count { conn = last.conn } > 0)
    assert.is_true(count { link = "middle-server" } > 0)
    assert.equal(count { conn = trace:events()().conn, moment = "state" }, count { conn = trace:events()().conn, moment = "state", host = "client" })
    for _, mistake in ipairs { { host = "nobody" }, { link = "nowhere" }, { conn = 5 }, { moment = "stat" } } do
      assert.has_error(function() trace:events(mistake) end)
    end
    assert.has_error(function() trace:ladder { conn = "client#9" } end)
  end)

  it("draws one connection, by value or name", function()
    local trace = assert(tcplab.load((saved(busy()))))
    local text = trace:ladder { conn = "client#2", color = false }
    assert.equal(1, select(2, text:gsub("10%.0%.0%.2:80", "")))
    assert.equal(text, trace:ladder { conn = "server#1", color = false })
  end)

  it("does not change when a script changes what it was given", function()
    local trace = assert(tcplab.load((saved(busy()))))
    local event = trace:events { moment = "segment" }()
    event.segment.options.mss, event.point = 1, "lost"
    event = trace:events { moment = "segment" }()
    assert.same({ 1460, "sent" }, { event.segment.options.mss, event.point })
  end)

  it("tells how many earlier events were overwritten", function()
    local net = busy { limit = 20 }
    local trace = assert(tcplab.load((saved(net))))
    assert.is_true(trace.lost > 0)
    assert.equal(net.trace.lost, trace.lost)
  end)

  it("is forgotten on demand", function()
    local trace = assert(tcplab.load((saved(busy()))))
    trace:clear()
    assert.is_nil(trace:events()())
  end)
end)

describe("a file that cannot be read as a trace", function()
  local function lines() return select(2, saved(busy())) end

  it("is answered with its name and the reason when it is not there", function()
    local trace, message, code = tcplab.load "none/here.jsonl"
    assert.same({ nil, "ENOENT" }, { trace, code })
    assert.is_truthy(message:find("none/here.jsonl", 1, true))
    trace, message, code = tcplab.load "spec"
    assert.same({ nil, "spec: Is a directory", "EISDIR" }, { trace, message, code })
    assert.has_error(function() tcplab.load() end, "load: path: string expected, got nothing")
  end)

  it("is answered with what it lacks when it is no trace", function()
    assert.equal("1: an empty file is no trace", refused "")
    assert.equal('1: no trace of tcplab: its first line has no format "tcplab-trace"', refused '{"a":1}\n')
    assert.is_truthy(refused("\x0a\x0d\x0d\x0a"):find "^1: ")
    assert.is_truthy(refused("hello\n"):find "^1: ")
  end)

  it("is answered with both versions when it is another's", function()
    local text = lines():gsub('"version":1', '"version":2', 1)
    assert.equal("1: a trace of version 2; this tcplab reads version 1", refused(text))
  end)

  it("is answered with the line that is broken", function()
    local text = lines()
    assert.is_truthy(refused((text:gsub('"moment":"segment","host":"client",', "", 1))):find "^3: moment: a string expected, got nothing")
    assert.is_truthy(refused((text:gsub('"moment":"state"', '"moment":"stat"', 1))):find '^2: moment: there is no "stat"')
    assert.is_truthy(refused((text:gsub('"state","host":"client"', '"state","host":"nobody"', 1))):find '^2: host: there is no "nobody"')
    assert.is_truthy(refused((text:gsub('"bytes":"45', '"bytes":"4x', 1))):find "^3: bytes: not base 16")
    assert.is_truthy(refused((text:gsub('"bytes":"45', '"bytes":"55', 1))):find "^3: bytes: ")
    assert.is_truthy(refused((text:gsub('"order":1,', '"order":,', 1))):find "^2: ")
    assert.is_truthy(refused((text:gsub('"OPEN%-active"}', '"OPEN-active"} {}', 1))):find "^2: column %d+: nothing more was expected")
  end)

  it("is answered with the field whose type or range is not its own", function()
    local text = lines()
    local function swapped(what, by)
      local changed, count = text:gsub(what, by, 1)
      assert.equal(1, count, what)
      return refused(changed)
    end
    assert.equal("1: hosts[2]: there is a \"client\" already", swapped('"name":"server"', '"name":"client"'))
    assert.equal("1: addresses[1]: a string expected, got a table", swapped('"10.0.0.1"', "[]"))
    assert.equal('1: kind: there is no "hots"', swapped('"kind":"host"', '"kind":"hots"'))
    assert.equal("1: lost: -1 is not between 0 and 9223372036854775807", swapped('"lost":0', '"lost":-1'))
    assert.equal('3: seq: an integer expected, got "zz"', swapped('"relative":{"seq":0', '"relative":{"seq":"zz"'))
    assert.equal("3: relative: an object expected, got true", swapped('"relative":{"seq":0}', '"relative":true'))
    assert.equal("3: probe: true or false expected, got 0", swapped('"probe":false', '"probe":0'))
    assert.equal('3: packet: an integer expected, got "x"', swapped('"packet":1', '"packet":"x"'))
    assert.is_truthy(swapped('"timer":"retransmission"', '"timer":true'):find "^%d+: timer: a string expected, got true$")
    assert.is_truthy(swapped('"action":"set"', '"action":"sat"'):find '^%d+: action: there is no "sat"$')
    assert.is_truthy(swapped('"deadline":[%d.]+', '"deadline":"soon"'):find '^%d+: deadline: a number expected, got "soon"$')
    assert.is_truthy(swapped('"srtt":[%d.]+', '"srtt":1e999'):find "^%d+: srtt: .* is no time$")
    assert.is_truthy(swapped('"event":"OPEN%-active"', '"event":true'):find "^2: event: a string expected, got true$")
    assert.is_truthy(swapped('"to":"SYN%-SENT"', '"to":"SYN_SENT"'):find '^2: to: there is no "SYN_SENT"$')
    assert.is_truthy(swapped('"conn":"server#1"', '"conn":"client#1"'):find "^%d+: conn: \"client#1\" is one of another host$")
    assert.is_truthy(swapped('\n{"ns":(%d%d+),', '\n{"ns":-%1,'):find "^%d+: ns: ")
  end)

  it("is answered with the line that is nested without an end, and keeps no field that it does not know", function()
    local text = lines()
    assert.equal("2: it is nested too deeply", refused((text:gsub("\n.-\n", "\n" .. ("["):rep(200000) .. "\n", 1))))
    local path = helper.write(helper.folder() .. "/more.jsonl", (text:gsub('"moment":"state",', '"moment":"state","more":[[[]]],', 1)))
    for event in assert(tcplab.load(path)):events { moment = "state" } do assert.is_nil(rawget(event, "more")) end
  end)

  it("is answered with what is missing when it was cut off", function()
    local text = lines()
    local count = select(2, text:gsub("\n", "")) - 1
    local cut = text:gsub("[^\n]*\n$", "")
    assert.equal(("%d: the trace ends after %d of %d events"):format(count + 1, count - 1, count), refused(cut))
  end)

  it("needs the rock dkjson, and says so", function()
    local path = saved(busy())
    local loaded = package.loaded.dkjson
    package.loaded.dkjson, package.preload.dkjson = nil, function() error "no such rock" end
    local trace, message, code = tcplab.load(path)
    package.loaded.dkjson, package.preload.dkjson = loaded, nil
    assert.same({ nil, path .. ": reading a trace needs the rock dkjson", "ENOTSUP" }, { trace, message, code })
  end)
end)
