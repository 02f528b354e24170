-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local tcplab = require "tcplab"

local MSS = 1000
local GIB = 1 << 30

describe("a congestion control written in Lua", function()
  local net, client, server, link
  after_each(function() net:close() end)

  local function lab(control, more)
    local options = { congestion = control, mss = MSS, timestamps = false }
    for name, value in pairs(more or {}) do options[name] = value end
    net, client, server, link = helper.lab { client = options }
    server:listen(80)
  end

  local function connect(options) return assert(client:connect(server, 80, options)) end

  -- Sends so many segments' worth, and lets it arrive.
  local function send(conn, segments)
    conn:settimeout(0)
    assert(conn:send(("x"):rep(segments * MSS)))
    net:run(1)
  end

  local function raises(f, part)
    local ok, problem = pcall(f)
    assert.is_false(ok)
    assert.is_truthy(tostring(problem):find(part, 1, true), problem)
  end

  it("is chosen for a host, and called as f(cc, sample) #MAY-18", function()
    local seen = {}
    lab {
      name = "watcher",
      init = function(cc, s) seen.init = { cc.cwnd, cc.ssthresh, s.mss, s.now } end,
      ack = function(cc, s) seen.ack = seen.ack or { cc.cwnd, s.acked, s.prior_flight, s.flight, s.recovering, s.cwnd_limited } end,
    }
    local conn = connect()
    assert.is_nil(seen.init, "before anything is sent")
    send(conn, 12)
    assert.same({ 10 * MSS, GIB, MSS, 0.020008 }, { seen.init[1], seen.init[2], seen.init[3], math.floor(seen.init[4] * 1e6 + 0.5) / 1e6 })
    assert.same({ 10 * MSS, 2 * MSS, 10 * MSS, 8 * MSS, false, true }, seen.ack)
    assert.equal("watcher", conn:status().congestion)
  end)

  it("is told how fast data arrives", function()
    local last, lowest
    lab { ack = function(cc, s)
      cc.cwnd = 40 * MSS
      if s.interval then last = s.delivered * 8 / s.interval end
      lowest = s.min_rtt
    end }
    link:set { rate = 10e6 }
    send(connect(), 200)
    assert.is_true(last > 9e6 and last < 10e6, tostring(last))
    assert.is_true(lowest > 0.020 and lowest < 0.025, tostring(lowest))
  end)

  it("moves cwnd, and less than one segment counts as one", function()
    lab { init = function(cc) cc.cwnd = 3.9 * MSS end, ack = function(cc) cc.cwnd = 10 end }
    local conn = connect()
    send(conn, 1)
    assert.equal(MSS, conn:status().cwnd)
    conn:setoption("congestion", { init = function(cc) cc.cwnd = 3.9 * MSS end })
    assert.equal(3900, conn:status().cwnd)
  end)

  it("paces in bits a second, until pacing is nil again", function()
    local rate = 80000
    lab { init = function(cc) cc.pacing = rate end, ack = function(cc) cc.pacing = rate end }
    local times = {}
    client:on("segment", function(e)
      if e.point == "sent" and e.segment.kind == "DATA" then times[#times + 1] = e.time end
    end)
    local conn = connect()
    send(conn, 5)
    assert.equal(5, #times)
    for i = 3, 5 do
      local gap = times[i] - times[i - 1]
      assert.is_true(gap >= 0.1 and gap < 0.11, tostring(gap))
    end
    assert.equal(80000, conn:status().pacing)
    rate = nil
    send(conn, 1)
    assert.is_nil(conn:status().pacing)
  end)

  it("decides what a loss costs, and recovery brings cwnd there", function()
    local lost
    lab {
      loss = function(cc, s)
        lost = s.timeout
        cc.ssthresh = 4 * MSS
      end,
      ack = function() end,
    }
    local conn = connect()
    link:drop("DATA", 2)
    send(conn, 10)
    assert.is_false(lost)
    local status = conn:status()
    assert.same({ 4 * MSS, 4 * MSS, "open" }, { status.cwnd, status.ssthresh, status.phase })
  end)

  it("is told that it was the timer", function()
    local timeouts = 0
    lab { loss = function(cc, s)
      if s.timeout then timeouts = timeouts + 1 end
      cc.ssthresh = 2 * MSS
    end }
    local conn = connect()
    link:drop("DATA", { 1, 2, 3 })
    send(conn, 1)
    net:run(5)
    assert.equal(1, timeouts)
    assert.equal(2 * MSS, conn:status().ssthresh)
  end)

  it("hears every ACK, within a recovery too", function()
    local within = 0
    lab { every = function(_, s) if s.recovering then within = within + 1 end end }
    local conn = connect()
    link:drop("DATA", 2)
    send(conn, 10)
    assert.is_true(within > 0)
    assert.equal("script", conn:status().congestion)
  end)

  it("leaves to Reno what it has no function for", function()
    local function windows(control)
      lab(control)
      local conn, seen = connect(), {}
      conn:on("congestion", function(e) seen[#seen + 1] = ("%.9f %d %d"):format(e.time, e.cwnd, e.ssthresh) end)
      link:drop("DATA", 30)
      send(conn, 100)
      return seen
    end
    local expected = windows "reno"
    assert.is_true(#expected > 10)
    net:close()
    assert.same(expected, windows { name = "nothing" })
  end)

  it("keeps fields of its own in cc, for each connection apart", function()
    local last = {}
    lab { ack = function(cc)
      cc.count = (cc.count or 0) + 1
      last[cc] = cc.count
    end }
    local a, b = connect(), connect()
    send(a, 2)
    send(a, 2)
    send(b, 2)
    local counts = {}
    for _, count in pairs(last) do counts[#counts + 1] = count end
    table.sort(counts)
    assert.same({ 1, 2 }, counts)
  end)

  describe("is chosen", function()
    local function named(name) return { name = name } end
    local function of(conn)
      conn:settimeout(0)
      conn:send "x"
      net:run(0.1)
      return conn:status().congestion
    end

    it("for one connection alone", function()
      lab "cubic"
      assert.equal("mine", of(connect { congestion = named "mine" }))
      assert.equal("cubic", of(connect()))
      assert.equal("reno", of(connect { ["net.ipv4.tcp_congestion_control"] = "reno" }))
    end)

    it("for what a listener takes in", function()
      lab()
      local listener = server:listen(81, { congestion = named "taken" })
      assert(client:connect(server, 81))
      assert.equal("taken", of(assert(listener:accept())))
    end)

    it("for a host's connections to come", function()
      lab "reno"
      local before = connect()
      local control = named "later"
      client:setoption("congestion", control)
      assert.equal(control, client:getoption "congestion")
      assert.equal("later", of(connect()))
      client:setoption("congestion", "cubic")
      assert.equal("cubic", client:getoption "congestion")
      assert.equal("cubic", of(connect()))
      assert.is_truthy(before)
    end)

    it("by open, too", function()
      lab "reno"
      local conn = client:open { address = server, port = 80, congestion = named "opened" }
      net:run(0.1)
      assert.equal("opened", of(conn))
    end)
  end)

  it("takes over while it runs, with cwnd and ssthresh standing", function()
    lab "reno"
    local conn = connect()
    send(conn, 20)
    local before = conn:status()
    local given
    local control = { name = "second", init = function(cc) given = { cc.cwnd, cc.ssthresh } end }
    assert(conn:setoption("congestion", control))
    assert.same({ before.cwnd, before.ssthresh }, given)
    assert.equal(control, conn:getoption "congestion")
    assert.equal("second", conn:status().congestion)
    assert(conn:setoption("congestion", { name = "third", init = function(cc) cc.cwnd = 7 * MSS end }))
    assert.same({ "third", 7 * MSS }, { conn:status().congestion, conn:status().cwnd })
    assert(conn:setoption("congestion", "cubic"))
    assert.same({ "cubic", 7 * MSS, "cubic" }, { conn:status().congestion, conn:status().cwnd, conn:getoption "congestion" })
    send(conn, 20)
  end)

  it("is what status() called it after the connection has gone", function()
    lab { name = "gone" }
    local conn = connect()
    send(conn, 1)
    conn:abort()
    assert.equal("gone", conn:status().congestion)
  end)

  it("does not keep its network alive", function()
    net = tcplab.lab()
    local weak = setmetatable({}, { __mode = "v" })
    do
      local other, a, b = helper.lab()
      b:listen(80)
      local conn = assert(a:connect(b, 80, { congestion = { ack = function() return other end } }))
      conn:send "x"
      other:run(1)
      weak[1] = other
    end
    collectgarbage()
    collectgarbage()
    assert.is_nil(weak[1])
  end)

  describe("raises, naming itself, on", function()
    local cases = {
      { "a cwnd that is no number", function(cc) cc.cwnd = "large" end, "congestion control bad: cwnd must be bytes from 0 to 1 GiB, not large" },
      { "a cwnd that is not a number", function(cc) cc.cwnd = 0 / 0 end, "congestion control bad: cwnd must be" },
      { "no cwnd", function(cc) cc.cwnd = nil end, "not nil" },
      { "a negative cwnd", function(cc) cc.cwnd = -1 end, "congestion control bad: cwnd must be bytes from 0 to 1 GiB, not -1" },
      { "a cwnd beyond 1 GiB", function(cc) cc.cwnd = GIB + 1 end, "not 1073741825" },
      { "an endless cwnd", function(cc) cc.cwnd = math.huge end, "not inf" },
      { "a bad ssthresh", function(cc) cc.ssthresh = -5 end, "congestion control bad: ssthresh must be" },
      { "a pace of nothing", function(cc) cc.pacing = 0 end, "congestion control bad: pacing must be bits a second" },
      { "an error of its own", function() error "boom" end, "boom" },
    }
    for _, case in ipairs(cases) do
      it(case[1] .. ", and the connection goes on with the last good value", function()
        local broken = false
        lab { name = "bad", ack = function(cc)
          cc.cwnd, cc.ssthresh = 20 * MSS, 30 * MSS
          if broken then case[2](cc) end
        end }
        local conn = connect()
        send(conn, 2)
        broken = true
        raises(function() send(conn, 2) end, case[3])
        local status = conn:status()
        assert.same({ 20 * MSS, 30 * MSS }, { status.cwnd, status.ssthresh })
        assert.is_nil(status.pacing)
        broken = false
        send(conn, 2)
        assert.equal(0, conn:status().flight)
      end)
    end

    it("an error of its own, with the traceback, or a table as it is", function()
      local problem = "boom"
      lab { name = "bad", ack = function() error(problem) end }
      local conn = connect()
      local ok, raised = pcall(send, conn, 1)
      assert.is_false(ok)
      assert.is_truthy(raised:match "^congestion control bad: %S*congestion_spec.lua:%d+: boom\nstack traceback:")
      problem = {}
      ok, raised = pcall(send, conn, 1)
      assert.is_false(ok)
      assert.equal(problem, raised)
    end)

    it("changes to the network", function()
      local conn
      lab { name = "meddler", ack = function() server:listen(81) end }
      conn = connect()
      raises(function() send(conn, 1) end, "must not change the network")
      assert.equal("ESTABLISHED", conn.state)
    end)
  end)

  describe("is refused when it has", function()
    before_each(function() lab() end)
    local function refused(control, part)
      raises(function() client:connect(server, 80, { congestion = control }) end, part)
      raises(function() connect():setoption("congestion", control) end, part)
    end

    it("an unknown function, with the nearest", function()
      refused({ acked = print }, 'congestion: unknown function "acked"; did you mean "ack"?')
    end)
    it("something else than a function", function() refused({ loss = 5 }, "congestion.loss: function expected, got number") end)
    it("a name that is none", function() refused({ name = 5 }, "congestion.name: string expected, got number") end)
    it("numbers for names", function() refused({ print }, "congestion: a name expected, got 1") end)
    it("a name that there is not", function()
      refused("bbr", 'congestion: there is no "bbr"; there are reno, cubic, tahoe, plain-reno, and a table of functions')
    end)
  end)

  it("tells of each change by the moment congestion, with what is in flight and why", function()
    lab { ack = function(cc, s) cc.cwnd = cc.cwnd + s.acked end }
    local conn, seen = connect(), nil
    conn:on("congestion", function(e) seen = seen or (e.reason == "ack" and e or nil) end)
    send(conn, 12)
    assert.equal(conn, seen.conn)
    assert.same({ 12 * MSS, GIB, 8 * MSS, 8 * MSS, "ack" }, { seen.cwnd, seen.ssthresh, seen.flight, seen.pipe, seen.reason })
  end)
end)

describe("status", function()
  it("shows how a loss is mended", function()
    local net <close>, client, server, link = helper.lab { client = { mss = MSS, timestamps = false } }
    server:listen(80)
    local conn = assert(client:connect(server, 80))
    conn:settimeout(0)
    link:drop("DATA", 1)
    conn:send(("x"):rep(10 * MSS))
    local fresh = conn:status()
    assert.same({ "reno", "open", true, 10 * MSS, GIB }, { fresh.congestion, fresh.phase, fresh.sack, fresh.cwnd, fresh.ssthresh })
    assert.is_true(net:run_until(function() return conn:status().phase == "recovery" end, 1))
    local status = conn:status()
    assert.is_true(status.sacked > 0)
    assert.is_true(status.ssthresh < 10 * MSS)
    assert.is_true(status.pipe <= status.flight - status.sacked - status.lost)
    assert.is_true(status.min_rtt >= 0.020 and status.min_rtt < 0.030, tostring(status.min_rtt))
    net:run(1)
    assert.same({ "open", 0, 0, 0 }, { conn:status().phase, conn:status().sacked, conn:status().lost, conn:status().pipe })
  end)
end)
