-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local tcplab = require "tcplab"

local WRAP = 1 << 32

-- The initial sequence numbers of connections that a host opens: one list of { seconds, port }; opts of the host.
local function numbers(opts, opens)
  opts.address = "10.0.0.1"
  local net <close> = tcplab.lab { seed = opts.seed, trace = false }
  opts.seed = nil
  local host = net:host("host", opts)
  net:link(host, (net:host("peer", { address = "10.0.0.2" })))
  local list = {}
  for i, open in ipairs(opens) do
    net:run(open[1])
    list[i] = assert(host:open { address = "10.0.0.2", port = 80, local_port = open[2] }):status().snd.iss
  end
  return list
end

describe("the option isn", function()
  it("is by default RFC 6528's clock and secret #SHLD-1 #R6528-1", function()
    assert.same(numbers({ seed = 1, isn = "rfc6528" }, { { 1, 5000 } }), numbers({ seed = 1 }, { { 1, 5000 } }))
  end)

  it("as clock is RFC 793's alone: known from the time, whoever asks #MUST-8", function()
    local opens = { { 0, 5000 }, { 1, 5001 }, { 0.000004, 5002 }, { 17178.869180, 5003 } }
    for seed = 1, 2 do assert.same({ 0, 250000, 250001, 0 }, numbers({ seed = seed, isn = "clock" }, opens)) end -- around in 4.77 hours
  end)

  it("goes by a clock of the option isn_step", function()
    assert.same({ 0, 15625000 }, numbers({ isn = "clock", isn_step = 64e-9 }, { { 0, 5000 }, { 1, 5001 } }))
  end)

  it("as random is unpredictable: from one to the next nothing is left of the clock", function()
    local list = numbers({ seed = 1, isn = "random" }, { { 0, 5000 }, { 0, 5001 }, { 0, 5002 }, { 0, 5003 }, { 0, 5004 }, { 0, 5005 } })
    local low, seen = 0, {}
    for _, number in ipairs(list) do
      assert.is_nil(seen[number])
      seen[number] = true
      if number < WRAP // 2 then low = low + 1 end
    end
    assert.is_true(low > 0 and low < #list)
    assert.same(list, numbers({ seed = 1, isn = "random" }, { { 9, 5000 }, { 9, 5001 }, { 9, 5002 }, { 9, 5003 }, { 9, 5004 }, { 9, 5005 } }))
    assert.are_not.same(list, numbers({ seed = 2, isn = "random" }, { { 0, 5000 }, { 0, 5001 }, { 0, 5002 }, { 0, 5003 }, { 0, 5004 }, { 0, 5005 } }))
  end)

  it("as constant is isn_constant each time, and a number is short for that", function()
    assert.same({ 7, 7 }, numbers({ isn = "constant", isn_constant = 7 }, { { 0, 5000 }, { 5, 5001 } }))
    assert.same({ 0, 0 }, numbers({ isn = "constant" }, { { 0, 5000 }, { 5, 5001 } }))
    assert.same({ 4294967295 }, numbers({ isn = 0xffffffff }, { { 0, 5000 } }))
  end)

  it("holds for one connection when it is given to it, and answers what was chosen", function()
    local net <close>, client, server = helper.lab { client = { isn = "clock" } }
    server:listen(80, { isn = "constant", isn_constant = 9 })
    local conn = assert(client:connect(server, 80, { isn = "constant", isn_constant = 8 }))
    assert.same({ 8, 9, "constant", "clock" },
      { conn:status().snd.iss, conn:status().rcv.irs, conn:getoption "isn", client:getoption "isn" })
    net:run(0)
    client:setoption("isn", "random")
    assert.equal("random", client:getoption "isn")
  end)

  it("raises on what is none of these", function()
    local net <close> = tcplab.lab()
    assert.error_matches(function() net:host("a", { isn = "fast" }) end,
      'isn: there is no "fast"; there are rfc6528, clock, random, constant')
    assert.error_matches(function() net:host("a", { isn = -1 }) end, "isn: %-1 is not between 0 and 4294967295")
    assert.error_matches(function() net:host("a", { isn = 1.5 }) end, "isn: an integer expected")
    assert.error_matches(function() net:host("a", { isn = true }) end, "isn: a function expected")
  end)
end)

describe("the policy isn that raises", function()
  local function failing() error "no number today" end

  it("leaves no connection behind, no segment and no moment", function()
    local net <close>, client, server = helper.lab { client = { isn = failing } }
    server:listen(80)
    local told = 0
    for _, moment in ipairs { "state", "segment", "timer", "error" } do net:on(moment, function() told = told + 1 end) end
    assert.error_matches(function() client:connect(server, 80) end, "no number today")
    assert.error_matches(function() client:open { address = server, port = 80 } end, "no number today")
    assert.same({ 0, 0, "idle" }, { #client:connections(), told, (net:run()) })
    assert.equal(0, client:counters().connections)
  end)

  it("leaves a passive OPEN that was to become active in LISTEN, as it was", function()
    local fails = true
    local net <close>, client, server = helper.lab { client = { isn = function() if fails then failing() end end } }
    server:listen(80)
    local conn = client:open { passive = true, local_port = 5000 }
    for _, try in ipairs {
      function() conn:open { address = server, port = 80 } end,
      function() conn:open { address = server, port = 80 } end,
    } do
      assert.error_matches(try, "no number today")
      assert.same({ "LISTEN", 0 }, { conn.state, conn:status().remote_port })
    end
    fails = false
    assert.is_true(conn:open { address = server, port = 80 })
    net:run(1)
    assert.equal("ESTABLISHED", conn.state)
  end)

  it("leaves a peer's SYN to the built-in number", function()
    local net <close>, client, server = helper.lab { server = { isn = failing } }
    local listener = server:listen(80)
    assert.error_matches(function() client:connect(server, 80) end, "no number today")
    net:run(1)
    assert.equal("ESTABLISHED", assert(listener:accept()).state)
  end)
end)
