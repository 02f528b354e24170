-- SPDX-License-Identifier: MIT
local core = require "tcplab.core"
local helper = require "spec.helper"
local paper = require "spec.tcp.paper"

local OUTSTANDING <const> = { "send_queue", "out_of_order", "pipe", "sacked", "lost" }

--- What status() tells of the fields in a list, in its order; "nil" for none.
local function fields(status, names)
  local values = {}
  for i, name in ipairs(names) do values[i] = status[name] == nil and "nil" or status[name] end
  return values
end

local MEASURED <const> = { "srtt", "rttvar", "min_rtt", "rto", "cwnd", "ssthresh", "congestion", "retransmissions", "receive_buffer" }

describe("STATUS of a connection", function()
  local conn, peer, lab, net

  --- What is measured has moved from where it began: a segment was lost, and an option changed.
  local function begin(client_options)
    conn, peer, lab = helper.established({ client = client_options })
    net = lab.net
    lab.link:drop("DATA", 3)
    assert(conn:send(("x"):rep(60000)))
    assert.equal(60000, #assert(peer:receive(60000)))
    net:run(0.1)
  end
  after_each(function() net:close() end)

  local function closed_by_client()
    conn:close()
    peer:receive "*a"
    peer:close()
    net:run(1)
    assert.same({ "TIME-WAIT", "time-wait" }, { conn.state, conn:status().record })
  end

  it("in TIME-WAIT tells what was measured, as the full record did", function()
    begin()
    local before = conn:status()
    assert.is_true(before.retransmissions > 0 and before.cwnd ~= 14480 and before.ssthresh < 1 << 30)
    closed_by_client()
    local after = conn:status()
    local kept = { "cwnd", "ssthresh", "congestion", "retransmissions", "receive_buffer" }
    assert.same(fields(before, kept), fields(after, kept))
    assert.is_true(after.srtt > 0.02 and after.rttvar > 0 and after.min_rtt > 0.02)
    assert.same({ before.snd.max_wnd, before.snd.up, before.rcv.mss }, { after.snd.max_wnd, after.snd.up, after.rcv.mss })
  end)

  it("tells the same when TIME-WAIT is over, and so does the TCB", function()
    begin()
    closed_by_client()
    local before, tcb = conn:status(), conn.tcb
    local numbers = { tcb.cwnd, tcb.ssthresh, tcb.srtt, tcb.rto, tcb.snd.wnd, tcb.snd.max_wnd }
    assert.same({ before.cwnd, before.ssthresh, before.snd.wnd }, { tcb.cwnd, tcb.ssthresh, tcb.snd.wnd })
    net:run()
    assert.equal("CLOSED", conn.state)
    assert.same(fields(before, MEASURED), fields(conn:status(), MEASURED))
    assert.same(before.snd, conn:status().snd)
    assert.same(numbers, { tcb.cwnd, tcb.ssthresh, tcb.srtt, tcb.rto, tcb.snd.wnd, tcb.snd.max_wnd })
  end)

  it("that came from LAST-ACK tells what was measured", function()
    begin()
    peer:send(("y"):rep(30000))
    conn:receive(30000)
    local before = peer:status()
    closed_by_client()
    local after = peer:status()
    assert.same({ "CLOSED", before.cwnd, before.ssthresh, 0, 0 }, { after.state, after.cwnd, after.ssthresh, after.send_queue, after.pipe })
    assert.is_true(after.srtt > 0.02 and after.min_rtt > 0)
  end)

  for name, ending in pairs {
    ["that was aborted"] = { "ECONNABORTED", function() conn:abort() end },
    ["that was reset"] = { "ECONNRESET", function() peer:abort() net:run(0.03) end },
    ["of a host that was rebooted"] = { "EHOSTDOWN", function() lab.client:reboot() end },
    ["that was given up"] = { "EUSERTIMEOUT", function() lab.link:down() net:run(20) end, { user_timeout = 5 } },
  } do
    it(name .. " keeps what was measured, and does not make 0 of what was outstanding", function()
      begin(ending[3])
      assert(conn:send(("z"):rep(50000)))
      net:run(0.005)
      local before = conn:status()
      assert.is_true(before.flight > 0 and before.send_queue > before.flight)
      ending[2]()
      local after = conn:status()
      assert.same({ "CLOSED", ending[1] }, { after.state, after.code })
      local kept = { "min_rtt", "srtt", "congestion", "receive_buffer" }
      assert.same(fields(before, kept), fields(after, kept))
      assert.is_true(after.retransmissions >= before.retransmissions and before.retransmissions > 0)
      assert.equal(after.snd.nxt - after.snd.una, after.flight)
      assert.is_true(after.flight > 0)
      assert.same({ "nil", "nil", "nil", "nil", "nil" }, fields(after, OUTSTANDING))
    end)
  end

  it("in TIME-WAIT that nobody holds tells what its small record keeps, and nil of the rest", function()
    begin()
    core.release(net._core, lab.client.id, conn._ref)
    local before = conn:status()
    closed_by_client()
    local after = conn:status()
    assert.same({ "nil", "nil", "nil", "nil", "nil", "nil", "nil", "nil", "nil" }, fields(after, MEASURED))
    assert.same({ "nil", "nil", "nil", "nil" }, fields(after.snd, { "wnd", "up", "wl1", "wl2" }))
    assert.same({ before.snd.max_wnd, before.snd.mss, before.sack }, { after.snd.max_wnd, after.snd.mss, after.sack })
    assert.same({ 0, 0 }, { after.flight, after.send_queue })
  end)

  it("that is led back from TIME-WAIT tells of its new sender", function()
    begin()
    local old = conn:status()
    closed_by_client()
    lab.client.machine:override("TIME-WAIT", "SEG-ACK-of-our-FIN", "ESTABLISHED")
    lab.client:deliver {
      flags = ".", source = "10.0.0.2", destination = "10.0.0.1", source_port = 80, destination_port = old.local_port, window = 65535,
      seq = conn.tcb.rcv.nxt, ack = conn.tcb.snd.nxt, options = { timestamps = { value = conn.tcb.ts_recent, echo = 0 } },
    }
    assert.equal("ESTABLISHED", conn.state)
    conn.tcb.cwnd = 5000
    assert.same({ 5000, 5000 }, { conn.tcb.cwnd, conn:status().cwnd })
  end)

  it("that is released in TIME-WAIT while it waits for accept leaves those that wait behind it", function()
    begin()
    lab.server.machine:override("ESTABLISHED", "SEG-FIN", "TIME-WAIT")
    for _ = 1, 3 do
      local client = assert(lab.client:connect("10.0.0.2", 80))
      client:shutdown "send"
    end
    net:run(0.1)
    local waiting = {}
    for child in lab.listener:waiting() do waiting[#waiting + 1] = child end
    assert.same({ 3, "TIME-WAIT" }, { #waiting, waiting[1].state })
    core.release(net._core, lab.server.id, waiting[1]._ref)
    for i = 1, 3 do assert.equal(waiting[i], assert(lab.listener:accept())) end
  end)
end)

describe("STATUS of a half-open connection", function()
  it("tells what its SYN said and what was answered", function()
    local p <close> = paper.new { sack = true, window_scaling = true }
    assert(p.host:listen(p.port))
    p:arrive { flags = "S", seq = 0, window = 5000, options = { mss = 900, sack_permitted = true, window_scale = 7 } }
    local conn = p.host:connections()[1]
    local s = conn:status()
    assert.same({ "SYN-RECEIVED", "half-open", true, true, true }, { s.state, s.record, s.passive, s.sack, s.window_scaling })
    assert.same({ 5000, 5000, 7, 900 }, { s.snd.wnd, s.snd.max_wnd, s.snd.scale, s.snd.mss })
    assert.same({ p.iss, p.iss + 1, p.irs, p.irs + 1 }, { s.snd.una, s.snd.nxt, s.rcv.irs, s.rcv.nxt })
    assert.same({ 0, 1, 0 }, { s.retransmissions, s.flight, s.backoff })
    assert.is_nil(s.srtt)
    assert.is_number(s.timers.retransmission)
    p:pass(1)
    assert.same({ "half-open", 1, 1 }, { conn:status().record, conn:status().retransmissions, conn:status().backoff })
  end)
end)
