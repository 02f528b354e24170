-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local tcplab = require "tcplab"

-- What Linux 6.18 shows out of the box, of what does not depend on the machine.
local LINUX_6_18 <const> = {
  ["net.core.somaxconn"] = 4096, ["net.ipv4.ip_default_ttl"] = 64, ["net.ipv4.ip_local_port_range"] = "32768 60999",
  ["net.ipv4.ip_no_pmtu_disc"] = 0, ["net.ipv4.tcp_abort_on_overflow"] = 0, ["net.ipv4.tcp_challenge_ack_limit"] = 2147483647,
  ["net.ipv4.tcp_congestion_control"] = "cubic", ["net.ipv4.tcp_dsack"] = 1, ["net.ipv4.tcp_early_retrans"] = 3, ["net.ipv4.tcp_ecn"] = 2,
  ["net.ipv4.tcp_ecn_fallback"] = 1, ["net.ipv4.tcp_fastopen"] = 1, ["net.ipv4.tcp_fin_timeout"] = 60, ["net.ipv4.tcp_frto"] = 2,
  ["net.ipv4.tcp_invalid_ratelimit"] = 500, ["net.ipv4.tcp_keepalive_intvl"] = 75, ["net.ipv4.tcp_keepalive_probes"] = 9,
  ["net.ipv4.tcp_keepalive_time"] = 7200, ["net.ipv4.tcp_moderate_rcvbuf"] = 1, ["net.ipv4.tcp_recovery"] = 1, ["net.ipv4.tcp_reordering"] = 3,
  ["net.ipv4.tcp_retries1"] = 3, ["net.ipv4.tcp_rfc1337"] = 0, ["net.ipv4.tcp_rmem"] = "4096 131072 33554432", ["net.ipv4.tcp_rto_max_ms"] = 120000,
  ["net.ipv4.tcp_rto_min_us"] = 200000, ["net.ipv4.tcp_sack"] = 1, ["net.ipv4.tcp_shrink_window"] = 0, ["net.ipv4.tcp_slow_start_after_idle"] = 1,
  ["net.ipv4.tcp_orphan_retries"] = 0, ["net.ipv4.tcp_retries2"] = 15, ["net.ipv4.tcp_syn_linear_timeouts"] = 4,
  ["net.ipv4.tcp_syn_retries"] = 6,
  ["net.ipv4.tcp_stdurg"] = 0, ["net.ipv4.tcp_synack_retries"] = 5, ["net.ipv4.tcp_syncookies"] = 1, ["net.ipv4.tcp_timestamps"] = 1,
  ["net.ipv4.tcp_pingpong_thresh"] = 1, ["net.ipv4.tcp_notsent_lowat"] = 4294967295, ["net.ipv4.tcp_min_rtt_wlen"] = 300,
  ["net.ipv4.tcp_thin_linear_timeouts"] = 0, ["net.ipv4.tcp_reflect_tos"] = 0, ["net.ipv4.route.min_pmtu"] = 552,
  ["net.ipv4.tcp_tw_reuse"] = 2, ["net.ipv4.tcp_tw_reuse_delay"] = 1000, ["net.ipv4.tcp_window_scaling"] = 1,
}

-- The sysctls of Linux 6.18 that begin with net.ipv4.tcp_.
local SYSCTLS <const> = [[abort_on_overflow adv_win_scale allowed_congestion_control app_win autocorking available_congestion_control
  available_ulp backlog_ack_defer base_mss challenge_ack_limit child_ehash_entries comp_sack_delay_ns comp_sack_nr comp_sack_slack_ns
  congestion_control dsack early_demux early_retrans ecn ecn_fallback ecn_option ecn_option_beacon ehash_entries fack fastopen
  fastopen_blackhole_timeout_sec fastopen_key fin_timeout frto fwmark_accept invalid_ratelimit keepalive_intvl keepalive_probes keepalive_time
  l3mdev_accept limit_output_bytes low_latency max_orphans max_reordering max_syn_backlog max_tw_buckets mem migrate_req min_rtt_wlen min_snd_mss
  min_tso_segs moderate_rcvbuf mtu_probe_floor mtu_probing no_metrics_save no_ssthresh_metrics_save notsent_lowat orphan_retries pacing_ca_ratio
  pacing_ss_ratio pingpong_thresh plb_cong_thresh plb_enabled plb_idle_rehash_rounds plb_rehash_rounds plb_suspend_rto_sec probe_interval
  probe_threshold recovery reflect_tos reordering retrans_collapse retries1 retries2 rfc1337 rmem rto_max_ms rto_min_us sack shrink_window
  slow_start_after_idle stdurg syn_linear_timeouts syn_retries synack_retries syncookies thin_linear_timeouts timestamps tso_rtt_log
  tso_win_divisor tw_reuse tw_reuse_delay window_scaling wmem workaround_signed_windows]]

local function shown(value) return type(value) == "table" and table.concat(value, " ") or value end

local function all_options(host)
  local values = {}
  for _, option in ipairs(tcplab.options()) do values[option.name] = host:getoption(option.name) end
  return values
end

describe("the kernels' names", function()
  local net, host
  before_each(function()
    net = tcplab.lab()
    host = net:host("a", { address = "10.0.0.1", profile = "linux-6.18" })
  end)
  after_each(function() net:close() end)

  it("are all that Linux has for TCP, taken or refused with a reason", function()
    local known = {}
    for _, kernels in ipairs(tcplab.kernel_names()) do
      assert.is_nil(known[kernels.name], kernels.name)
      known[kernels.name] = true
      assert.is_truthy(kernels.options[1] or kernels.doc, kernels.name)
    end
    for name in SYSCTLS:gmatch "%S+" do assert.is_true(known["net.ipv4.tcp_" .. name], name) end
  end)

  it("show in profile linux-6.18 what Linux 6.18 shows, and setting that changes nothing", function()
    local before = all_options(host)
    for name, value in pairs(LINUX_6_18) do
      assert.equal(value, shown(host:getoption(name)), name)
      host:setoption(name, value)
      assert.same(before, all_options(host), name)
    end
  end)

  it("raise where there is no counterpart, and say so", function()
    local count = 0
    for _, kernels in ipairs(tcplab.kernel_names()) do
      if not kernels.taken then
        count = count + 1
        for _, call in ipairs { function() host:setoption(kernels.name, 0) end, function() host:getoption(kernels.name) end } do
          local ok, message = pcall(call)
          assert.is_false(ok)
          assert.is_truthy(message:find(kernels.name .. " has no counterpart: " .. kernels.doc, 1, true), message)
        end
      end
    end
    assert.is_true(count > 30)
  end)

  it("in lists are taken as the kernel's file shows them, or as a table", function()
    host:setoption("net.ipv4.ip_local_port_range", "40000\t40100")
    assert.same({ 40000, 40100 }, { host:getoption "port_low", host:getoption "port_high" })
    host:setoption("net.ipv4.tcp_rmem", { 4096, 20000, 1 << 20 })
    assert.same({ 12500, 1 << 20 }, { host:getoption "receive_buffer", host:getoption "receive_buffer_max" })
    assert.same({ 4096, 20000, 1 << 20 }, host:getoption "net.ipv4.tcp_rmem")
  end)

  it("count as text of a buffer what the profile's kernel does", function()
    for profile, text in pairs { ["linux-5.10"] = 20000, ["linux-6.1"] = 20000, ["linux-6.12"] = 25000, linux = 25000 } do
      local one = net:host("of " .. profile, {
        address = "10.0.1." .. text // 1000 + 10 * #profile, profile = profile, ["net.ipv4.tcp_rmem"] = "4096 40000 6291456",
      })
      assert.same({ text, "4096 40000 6291456" }, { one:getoption "receive_buffer", shown(one:getoption "net.ipv4.tcp_rmem") }, profile)
      one:setoption("SO_RCVBUF", 20000)
      assert.same({ text, 40000 }, { one:getoption "receive_buffer", one:getoption "SO_RCVBUF" }, profile)
    end
  end)

  it("are taken at what is always so here, and refused with the reason at anything else", function()
    host:setoption("net.ipv4.tcp_mtu_probing", 0)
    assert.equal(0, host:getoption "net.ipv4.tcp_mtu_probing")
    assert.error_matches(function() host:setoption("net.ipv4.tcp_mtu_probing", 1) end,
      "net.ipv4.tcp_mtu_probing: always 0 here: packetization layer path MTU discovery %(RFC 4821%) is not done")
  end)

  it("are passed over where they do nothing", function()
    local before = all_options(host)
    for _, name in ipairs { "net.ipv4.tcp_fack", "net.ipv4.tcp_low_latency", "net.ipv4.tcp_early_demux" } do host:setoption(name, 1) end
    assert.same(before, all_options(host))
    assert.equal(0, host:getoption "net.ipv4.tcp_fack")
  end)

  it("of FreeBSD's two halves of Fast Open switch one each", function()
    local list = {}
    for i, name in ipairs { "server_enable", "client_enable" } do
      host:setoption("net.inet.tcp.fastopen." .. name, 1)
      list[i] = host:getoption "fast_open"
    end
    host:setoption("net.inet.tcp.fastopen.server_enable", 0)
    assert.same({ "both", "both" }, list)
    assert.same({ "client", 1 }, { host:getoption "fast_open", host:getoption "net.inet.tcp.fastopen.client_enable" })
  end)

  it("tell tcp_tw_reuse's three values apart", function()
    for _, case in ipairs { { 0, false, false }, { 1, true, false }, { 2, false, true } } do
      local one, name = net:host("tw" .. case[1], { address = "10.0.2." .. 1 + case[1] }), "net.ipv4.tcp_tw_reuse"
      one:setoption(name, case[1])
      assert.same(case, { one:getoption(name), one:getoption "time_wait_reuse", one:getoption "time_wait_reuse_loopback" })
    end
  end)

  it("take tcp_challenge_ack_limit's largest value as no limit", function()
    local one = net:host("b", { address = "10.0.0.2", ["net.ipv4.tcp_challenge_ack_limit"] = 2147483647 })
    assert.same({ 0, 2147483647 }, { one:getoption "challenge_stack_limit", one:getoption "net.ipv4.tcp_challenge_ack_limit" })
    assert.error_matches(function() one:setoption("net.ipv4.tcp_challenge_ack_limit", 0) end, "ack_limit: 0 is not between 1 and ")
  end)

  it("take tcp_orphan_retries' 0 as Linux does: eight", function()
    local one = net:host("b", { address = "10.0.0.2", ["net.ipv4.tcp_orphan_retries"] = 0 })
    assert.same({ 8, 0 }, { one:getoption "orphan_retries", one:getoption "net.ipv4.tcp_orphan_retries" })
    one:setoption("net.ipv4.tcp_orphan_retries", 3)
    assert.same({ 3, 3 }, { one:getoption "orphan_retries", one:getoption "net.ipv4.tcp_orphan_retries" })
    assert.error_matches(function() one:setoption("net.ipv4.tcp_retries2", 0) end, "net.ipv4.tcp_retries2: 0 is not between 1 and 255")
  end)

  describe("of socket options", function()
    local lab, client, server, conn
    before_each(function()
      lab, client, server = helper.lab()
      server:listen(80)
      conn = assert(client:connect(server, 80))
    end)
    after_each(function() lab:close() end)

    local cases = {
      { "TCP_NODELAY", 1, "nodelay", true }, { "TCP_CORK", 1, "cork", true }, { "SO_KEEPALIVE", 1, "keepalive", true },
      { "TCP_KEEPIDLE", 30, "keepalive_idle", 30.0 }, { "TCP_KEEPINTVL", 3, "keepalive_interval", 3.0 }, { "TCP_KEEPCNT", 4, "keepalive_count", 4 },
      { "TCP_USER_TIMEOUT", 2500, "user_timeout", 2.5 }, { "TCP_LINGER2", 7, "fin_wait_2_timeout", 7.0 }, { "TCP_MAXSEG", 536, "mss", 536 },
      { "IP_TOS", 0xb8, "dscp", 46 }, { "IP_TTL", 9, "ttl", 9 }, { "IP_MTU_DISCOVER", 0, "pmtud", false },
      { "TCP_CONGESTION", "reno", "congestion", "reno" },
      { "TCP_SYNCNT", 2, "syn_retries", 2 },
      { "TCP_RTO_MAX_MS", 5000, "rto_max", 5.0 }, { "SO_REUSEADDR", 0, "reuse_address", false },
      { "TCP_QUICKACK", 0, "quickack", false }, { "TCP_DELACK_MAX_US", 20000, "delayed_ack_max", 0.02 },
      { "TCP_NOTSENT_LOWAT", 16384, "notsent_lowat", 16384 }, { "TCP_WINDOW_CLAMP", 3000, "window_clamp", 3000 },
      { "TCP_THIN_LINEAR_TIMEOUTS", 1, "thin_linear_timeouts", true }, { "SO_MAX_PACING_RATE", 125000, "pacing_max", 125000 },
      { "IP_MINTTL", 255, "ttl_min", 255 }, { "TCP_DEFER_ACCEPT", 7, "defer_accept", 7.0 },
    }
    for _, case in ipairs(cases) do
      local name, theirs, option, ours = table.unpack(case)
      it(name .. " is " .. option, function()
        assert.equal(1, conn:setoption(name, theirs))
        assert.equal(ours, conn:getoption(option))
        assert.equal(theirs, conn:getoption(name))
        for _, each in ipairs(tcplab.options()) do
          if each.name == option then assert.is_truthy(table.concat(each.socket_options, " "):find(name, 1, true)) end
        end
      end)
    end

    it("SO_LINGER is linger, as C's two integers or as LuaSocket's table", function()
      assert.same({ on = false, timeout = 0 }, conn:getoption "SO_LINGER")
      conn:setoption("SO_LINGER", { 1, 5 })
      assert.equal(5.0, conn:getoption "linger")
      conn:setoption("SO_LINGER", { on = true, timeout = 0 })
      assert.same({ on = true, timeout = 0 }, conn:getoption "SO_LINGER")
      conn:setoption("SO_LINGER", { 0, 9 })
      assert.is_false(conn:getoption "linger")
    end)

    it("SO_RCVBUF is the receive buffer, which grows no further then; twice that is read", function()
      conn:setoption("receive_buffer_max", 1 << 20)
      conn:setoption("SO_RCVBUF", 30000)
      assert.same({ 30000, 0, 60000 }, { conn:getoption "receive_buffer", conn:getoption "receive_buffer_max", conn:getoption "SO_RCVBUF" })
    end)

    it("SO_RCVBUF and SO_SNDBUF are no smaller than the kernel makes them", function()
      conn:setoption("SO_RCVBUF", 1)
      conn:setoption("SO_SNDBUF", 0)
      assert.same({ 2304, 4608 }, { conn:getoption "SO_RCVBUF", conn:getoption "SO_SNDBUF" })
    end)

    it("TCP_DEFER_ACCEPT is rounded up to the end of a SYN-ACK's time-out", function()
      for given, told in pairs { [0] = 0, [1] = 1, [2] = 3, [5] = 7, [100] = 127, [200] = 247, [1000] = 1087 } do
        client:setoption("TCP_DEFER_ACCEPT", given)
        assert.equal(told, client:getoption "TCP_DEFER_ACCEPT")
      end
    end)

    it("TCP_MAXSEG of 0 follows the path, and 536 is read then; TCP_LINGER2 is 120 at most", function()
      conn:setoption("TCP_MAXSEG", 0)
      conn:setoption("TCP_LINGER2", 1000)
      assert.same({ 0, 536, 120 }, { conn:getoption "mss", conn:getoption "TCP_MAXSEG", conn:getoption "TCP_LINGER2" })
    end)

    it("TCP_NOOPT leaves every option out of a SYN and out of a SYN-ACK, and 536 is the MSS then", function()
      local seen = {}
      lab:on("segment", function(e)
        if e.point == "sent" and e.segment.flags:find "S" then seen[#seen + 1] = e.segment.flags .. #e.segment.options end
      end)
      local listener = server:listen(81, { TCP_NOOPT = 1 })
      client:connect(server, 81)
      assert.equal(536, client:connect(server, 81, { TCP_NOOPT = 1 }) and listener:accept() and listener:accept():status().snd.mss)
      assert.same({ "S.0", "S0", "S.0" }, { seen[2], seen[3], seen[4] })
    end)

    it("TCP_FASTOPEN switches the listener's half on, and says how many may be pending", function()
      client:setoption("TCP_FASTOPEN", 5)
      assert.same({ "server", 5 }, { client:getoption "fast_open", client:getoption "fast_open_pending" })
    end)
  end)

  describe("raise on", function()
    local wrong = {
      { "a near name of Linux's, with that", "net.ipv4.tcp_sak", 1, 'unknown option "net.ipv4.tcp_sak"; did you mean "net.ipv4.tcp_sack"%?' },
      { "a near name of FreeBSD's, with that", "net.inet.tcp.mls", 1, 'unknown option "net.inet.tcp.mls"; did you mean "net.inet.tcp.msl"%?' },
      { "a near socket option, with that", "TCP_NODELAI", 1, 'unknown option "TCP_NODELAI"; did you mean "TCP_NODELAY"%?' },
      { "a sysctl's end, with the whole name", "tcp_sack", 1, 'unknown option "tcp_sack"; did you mean "net.ipv4.tcp_sack"%?' },
      { "a name near to none of its side, without another side's", "net.ipv4.tcp_bogus_thing", 1, 'unknown option "net.ipv4.tcp_bogus_thing"$' },
      { "a socket option near to none", "SO_ELSEWHERE", 1, 'unknown option "SO_ELSEWHERE"$' },
      { "a name near to no tunable", "quite_another_thing", 1, 'unknown option "quite_another_thing"$' },
      { "a value beyond the range, in the kernel's unit", "net.ipv4.tcp_ecn", 3, "net.ipv4.tcp_ecn: 3 is not between 0 and 2" },
      { "seconds beyond the range, in the kernel's unit", "TCP_RTO_MAX_MS", 0, "TCP_RTO_MAX_MS: 0 is not between 1000 and 120000" },
      { "none of few values, with these", "net.ipv4.tcp_early_retrans", 2, "net.ipv4.tcp_early_retrans: 2 is none of 0, 3, 4" },
      { "a list that is too short", "net.ipv4.tcp_rmem", "4096 8192", 'net.ipv4.tcp_rmem: 3 integers expected, got "4096 8192"' },
      { "a word in a list", "net.ipv4.ip_local_port_range", "1024 many", 'net.ipv4.ip_local_port_range: an integer expected, got "many"' },
      { "a fraction", "TCP_KEEPIDLE", 1.5, "TCP_KEEPIDLE: an integer expected, got 1.5" },
      { "true for a number", "net.ipv4.tcp_retries1", true, "net.ipv4.tcp_retries1: an integer expected, got true" },
      { "a negative number", "SO_LINGER", { 1, -1 }, "SO_LINGER: %-1 is not between 0 and " },
    }
    for _, case in ipairs(wrong) do
      it(case[1], function()
        assert.error_matches(function() host:setoption(case[2], case[3]) end, case[4])
      end)
    end
  end)
end)
