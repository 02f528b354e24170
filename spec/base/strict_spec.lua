-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local tcplab = require "tcplab"

--- One of each kind of object, by name.
local function objects()
  local net = tcplab.lab { seed = 7 }
  local client = net:host("client", { address = "10.0.0.1" })
  local server = net:host("server", { address = "10.0.0.2" })
  local link = net:link(client, server, { delay = 0.01 })
  local hand = net:hand("hand", { address = "10.0.0.9" })
  local switch = net:switch "middle"
  net:link(hand, server)
  local listener = server:listen(80)
  local events, segments = {}, {}
  local hook = net:on("segment", function(event)
    events[#events + 1] = event
    segments[#segments + 1] = event.segment
  end)
  net:on("state", function(event) events.state = events.state or event end)
  local conn = assert(client:connect(server, 80))
  return {
    network = net, host = client, link = link, hand = hand, switch = switch, listener = listener, hook = hook, connection = conn,
    accepted = assert(listener:accept()), event = events[1], state_event = events.state, segment = segments[1], options = segments[1].options,
    fault = link:drop("RST", 99), flood = link:flood { to = server, port = 9, rate = 1, count = 1 }, task = net:spawn(function() end),
    trace = net.trace, tcb = conn.tcb, snd = conn.tcb.snd, machine = client.machine, table_of_transitions = tcplab.machine,
    conversation = hand:conversation(server, 80), stream = client:tcp(),
    icmp = tcplab.segment { kind = "ICMP", type = 8, source = "10.0.0.1", destination = "10.0.0.2" },
  }
end

local VALUES <const> = { event = true, state_event = true, segment = true, icmp = true, options = true }

--- Calls a function with each, in the order of their names.
local function each_object(f)
  local all, names = objects(), {}
  for name in pairs(all) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do f(name, all[name], all) end
end

describe("an object", function()
  it("raises when a field is read or set that there is not, with the name of what it is", function()
    each_object(function(name, object)
      if name ~= "stream" then
        local ok, message = pcall(function() return object.nothing_such end)
        assert.is_false(ok, name)
        assert.matches("nothing_such", message, 1, true)
      end
      local ok, message = pcall(function() object.nothing_such = 1 end)
      assert.is_false(ok, name)
      assert.matches("^%S*strict_spec.lua:%d+: ", message)
      assert.is_nil(rawget(object, "nothing_such"))
    end)
  end)

  it("has no public field that can be set by mistake", function()
    each_object(function(name, object)
      for field in next, object do
        assert.is_true(VALUES[name] or type(field) ~= "string" or field:sub(1, 1) == "_", name .. "." .. tostring(field))
      end
    end)
  end)

  it("says nil for what it knows and has no value for", function()
    local all = objects()
    assert.same({}, { all.segment.ack, all.segment.flow_label, all.segment.quoted, all.segment.time })
    assert.same({}, { all.event.reason, all.event.fault, all.event.cwnd, all.state_event.segment, all.state_event.code })
    assert.same({}, { all.options.fast_open, all.options.sack, all.listener.address, all.task.waiting_for, all.options[99], all.connection[1] })
    assert.is_nil(all.conversation.rcv.irs)
  end)

  it("is walked by busted, tostring and dkjson without a raise", function()
    local json = require "dkjson"
    local util = require "luassert.util"
    local other = objects()
    each_object(function(name, object)
      assert.is_string(tostring(object), name)
      assert.is_true(pcall(util.deepcompare, object, other[name]), name)
      assert.is_true(pcall(util.deepcopy, object), name)
      assert.is_true((pcall(util.deepcompare, object, {})), name)
      assert.is_true((pcall(util.deepcompare, {}, object)), name)
      assert.is_string(json.encode { object, object }, name)
      for field, value in pairs(object) do assert.is_not_nil(field, tostring(value)) end
      assert.is_string(require("luassert"):format({ object, n = 1 })[1], name)
    end)
  end)

  it("keeps what a script hangs on it in a table of the script's", function()
    local all = objects()
    local marks = { [all.connection] = "mine" }
    assert.equal("mine", marks[all.connection])
  end)

  it("is told what methods and options it has, from whatever side it is asked", function()
    local host = objects().host
    assert.error_matches(function() host:setOption("nodelay", true) end, 'did you mean "setoption"%?')
    assert.error_matches(function() host.nodelay = true end, 'host:setoption%("nodelay", value%)')
    assert.error_matches(function() return host.nodelay end, 'host:getoption "nodelay"')
  end)
end)

describe("a stream of LuaSocket's shape", function()
  it("answers nil when it is asked for what it has not, and so does what it accepts", function()
    local all = objects()
    local master = all.host:tcp()
    master:bind("*", 81)
    master:listen()
    local near = all.accepted.host:tcp()
    assert.equal(1, near:connect("10.0.0.1", 81))
    local served = assert(master:accept())
    for _, each in ipairs { master, near, served } do
      assert.is_nil(each.dohandshake)
      assert.is_nil(each.getfd)
      assert.error_matches(function() each.dohandshake = print end, "no field")
    end
    assert.error_matches(function() return all.connection.dohandshake end, "no field")
  end)
end)

describe("a network", function()
  it("lists its hosts and links", function()
    local all = objects()
    local names = {}
    for i, host in ipairs(all.network:hosts()) do names[i] = host.name end
    assert.same({ "client", "server", "hand" }, names)
    assert.equal(all.link, all.network:links()[1])
    assert.equal(2, #all.network:links())
    table.remove(all.network:links())
    assert.equal(2, #all.network:links())
  end)

  it("answers its one wire to net:link where it is a real one #live", function()
    helper.need "namespace"
    local script = helper.write(helper.folder() .. "/wire.lua", [[
      local net = assert(require "tcplab".tun { address = "10.9.0.1/24", namespace = true })
      local host = net:host("host", { address = "10.9.0.2" })
      print(net:link(host, "kernel", { delay = 0.001 }) == net.link, #net:links(), #net:hosts())
      print(net.link:drop("SYN", 1).kind, net.device ~= nil)
      print(select(2, pcall(net.link, net, host, host)))
      print(select(2, pcall(function() net.devise = 1 end)))
    ]])
    local output, code = helper.shell(("spec/tools/live %s/tcplab run %s"):format(helper.build, script))
    assert.equal(0, code, output)
    assert.matches("^true\t2\t1\ndrop\ttrue\n", output)
    assert.matches("b: a link needs two ends\n", output, 1, true)
    assert.matches('network: there is no field "devise" to set; did you mean "device"?', output, 1, true)
  end)
end)
