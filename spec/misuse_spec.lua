-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"

--- A lab in which the calls of spec/misuse.lua are made: what they name, and what has been heard.
local function world()
  local net = tcplab.lab { seed = 7 }
  local client, server = net:host("client", { address = "10.0.0.1" }), net:host("server", { address = "10.0.0.2" })
  local link, listener, heard = net:link(client, server, { delay = 0.01 }), server:listen(80), nil
  local hand = net:hand("hand", { address = "10.0.0.9" })
  net:link(hand, server)
  local watch = net:on("segment", function(event) heard = heard or event end)
  local conn = assert(client:connect(server, 80))
  watch:close()
  return setmetatable({
    tcplab = tcplab, net = net, client = client, server = server, link = link, listener = listener, hand = hand, conn = conn,
    peer = listener:accept(), event = heard, segment = heard.segment, hook = net:on("state", function() end), fault = link:drop("RST", 99),
    flood = link:flood { to = server, port = 9, rate = 1, count = 1 }, task = net:spawn(function() net:sleep(1) end), stream = client:tcp(),
    switch = net:switch "middle",
  }, { __index = _G })
end

--- What a call raises, in the world or in one whose filter or hook makes it and catches what it raises.
local function raised(call, from)
  local env = world()
  local ok, message
  local f = assert(load(call, "=script", "t", env))
  local function caught() ok, message = pcall(f) end
  if from == "filter" then
    env.link:filter(function() if not message then caught() end end)
    env.conn:send "x"
    env.net:run(0.05)
  elseif from == "hook" then
    env.net:on("segment", function() if not message then caught() end end)
    env.conn:send "x"
    env.net:run(0.05)
  else
    caught()
  end
  env.net:close()
  assert.is_false(ok, call)
  return message
end

describe("a wrong call", function()
  local rows = dofile "spec/misuse.lua"

  it("is one of at least 150", function() assert.is_true(#rows >= 150) end)

  for _, row in ipairs(rows) do
    it("raises, at the script's line: " .. row[1], function()
      local message = raised(row[1])
      assert.equal("script:1: " .. row[2], message:sub(1, #row[2] + 10))
      assert.is_nil(message:find("tcplab/", 1, true), message)
    end)
  end

  it("that a hook or a filter catches speaks of the script's line alone", function()
    for _, call in ipairs {
      "net:run()", "net:step()", "net:sleep(1)", "conn:receive()", "client:connect(server, 80)", 'client:listen "x"', "link:set { loss = 5 }",
    } do
      for _, from in ipairs { "hook", "filter" } do
        local message = raised(call, from)
        assert.matches("^script:1: ", message)
        assert.is_nil(message:find("tcplab/", 1, true), message)
      end
    end
    for _, call in ipairs {
      "server:listen(81)", 'conn:send "x"', 'net:host("x", { address = "10.9.0.1" })', 'link:drop "SYN"', 'client:setoption("nodelay", true)',
      'conn:setoption("nodelay", true)', "conn.tcb.cwnd = 5000", "server:reboot()", "net.trace:clear()", "link:filter(print)", 'net:switch "other"',
      'server.machine:override("LISTEN", "SEG-SYN", "CLOSED")', 'client:route("10.0.0.2", link)', "peer:send 'x'",
    } do
      local message = raised(call, "filter")
      assert.matches("^script:1: a policy, filter or match function must not change the network", message)
    end
  end)
end)

describe("seconds that look like milliseconds", function()
  local helper = require "spec.helper"

  local function run(text)
    local output, code = helper.tcplab("run " .. helper.script([[
      local tcplab = require "tcplab"
      local net = tcplab.lab()
      local a, b = net:host("a", { address = "10.0.0.1" }), net:host("b", { address = "10.0.0.2" })
    ]] .. text))
    assert.equal(0, code, output)
    return output
  end

  it("draw one warning for each line, with the script's place", function()
    local output = run "for _ = 1, 3 do net:link(a, b, { delay = 10 }) end"
    assert.equal(1, select(2, output:gsub("Lua warning", "")))
    assert.matches("script.lua:4: delay: 10 seconds is long; 10 ms would be 0.01\n", output, 1, true)
    assert.matches("rto_initial: 1000 seconds is long; 1000 ms would be 1\n", run 'a:setoption("rto_initial", 1000)', 1, true)
    assert.matches("timeout: 500 seconds is long", run 'a:connect(b, 80, { timeout = 500 })', 1, true)
    assert.matches("seconds: 5000 seconds is long", run 'a:tcp():settimeout(5000)', 1, true)
  end)

  it("draw none below the bound, nor for ever, nor where the script wants none", function()
    assert.equal("", run [[
      net:link(a, b, { delay = 4.99, jitter = 1 })
      a:setoption("rto_initial", 49)
      a:setoption("r2", math.huge)
      a:tcp():settimeout(499)
      a:tcp():settimeout(math.huge)
      warn "@off"
      net:link(a, b, { delay = 10 })]])
  end)

  it("are told as what they may have been where they are out of range", function()
    local net <close> = tcplab.lab()
    assert.error_matches(function() net:host("a", { address = "10.0.0.1", delayed_ack = 40 }) end,
      "delayed_ack: 40 is not between 0.0 and 0.499 seconds; 40 ms are 0.04")
  end)

  it("have their bounds in the list of options", function()
    local long = {}
    for _, option in ipairs(tcplab.options()) do long[option.name] = option.long end
    assert.same({ 300.0, 12000.0, 500 }, { long.rto_initial, long.rto_max, long.linger })
    assert.is_nil(long.nodelay)
  end)
end)
