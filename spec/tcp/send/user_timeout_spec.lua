-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"

describe("the user timeout option", function()
  local p
  after_each(function() if p then p:close() end end)

  local function with(options, answer)
    local all = { user_timeout_option = true, r2 = 1e6 }
    for name, value in pairs(options or {}) do all[name] = value end
    p = paper.new(all)
    local syn_ack = { options = { mss = 1460 } }
    for name, value in pairs(answer or {}) do syn_ack.options[name] = value end
    return p:established(nil, syn_ack)
  end

  -- Seconds until what is sent now, and never acknowledged, ends the connection.
  local function lasts(conn)
    local start, ended = p.net:now(), nil
    conn:on("error", function(e)
      if not e.soft then ended = ended or { e.time - start, e.code } end
    end)
    conn:send "x"
    p:pass(20000)
    assert(ended, "it did not end")
    assert.equal("EUSERTIMEOUT", ended[2])
    return ended[1]
  end

  it("stands on the SYN and the SYN-ACK when it is on, and not otherwise", function()
    with { user_timeout = 250 }
    assert.equal(250, p.syn.options.user_timeout)
    p:close()
    with { user_timeout_option = false }
    assert.is_nil(p.syn.options.user_timeout)
    p:close()
    p = paper.new { user_timeout_option = true, user_timeout = 77 }
    p.host:listen(p.port)
    p:arrive { flags = "S", seq = 0 }
    assert.equal(77, p:one().options.user_timeout)
  end)

  it("counts seconds as long as they fit into 15 bits, then minutes; zero is never sent #R5482-1", function()
    for _, case in ipairs { { 1, 1, false }, { 32767, 32767, false }, { 32768, 546, true }, { 0.2, 1, false }, { 1e9, 32767, true } } do
      with { user_timeout = case[1] }
      local found
      for _, option in ipairs(p.syn.options) do found = option.name == "user_timeout" and option or found end
      local count = found.minutes and found.value // 60 or found.value
      if found.minutes and found.value == case[2] then count = found.value end
      assert.same({ case[2], case[3] }, { count, found.minutes or false })
      p:close()
    end
    with { user_timeout = 0 }
    assert.is_nil(p.syn.options.user_timeout)
  end)

  it("leads to the longer of what both say, within the limits #R5482-3 #R5482-4", function()
    for _, case in ipairs { { 120, 300, 300 }, { 300, 120, 300 }, { 50, 3, 100 }, { 200, 30000, 3600 } } do
      local conn = with({ user_timeout = case[1] }, { user_timeout = case[2] })
      assert.equal(case[3], conn:status().user_timeout)
      assert.equal(case[3], lasts(conn))
      p:close()
    end
    p = nil
  end)

  it("is believed on any segment, a value of zero not #R5482-1", function()
    local conn = with { user_timeout = 120 }
    p:arrive { options = { user_timeout = 400 } }
    p:arrive { options = { user_timeout = 0 } }
    assert.equal(400, lasts(conn))
  end)

  it("changes nothing when the user has set a timeout himself #R5482-2", function()
    local conn = with({ user_timeout = 120 }, { user_timeout = 400 })
    conn:setoption("user_timeout", 130)
    assert.equal(130, lasts(conn))
    p:close()
    p = paper.new { user_timeout_option = true, r2 = 1e6 }
    conn = p:established({ user_timeout = 140 }, { options = { user_timeout = 400 } })
    assert.equal(140, lasts(conn))
  end)

  it("changes nothing when it is off", function()
    local conn = with({ user_timeout_option = false, user_timeout = 120 }, { user_timeout = 400 })
    assert.equal(120, lasts(conn))
  end)

  it("counts in synchronized states only #R5482-6", function()
    p = paper.new { user_timeout_option = true, user_timeout = 60, syn_r2 = 1e6 }
    local conn = p:opening()
    p:arrive { flags = "S", seq = 0, options = { mss = 1460, user_timeout = 400 } }
    assert.equal("SYN-RECEIVED", conn.state)
    p:pass(59)
    assert.equal("SYN-RECEIVED", conn.state)
    p:pass(2)
    assert.equal("CLOSED", conn.state)
  end)

  it("goes along again until text that carried it is acknowledged #R5482-5", function()
    local conn = with { user_timeout = 120 }
    conn:setoption("user_timeout", 130)
    conn:send "x"
    p:pass(2.5)
    local sent = p:take()
    assert.is_true(#sent >= 2)
    for _, s in ipairs(sent) do assert.equal(130, s.options.user_timeout) end
    p:arrive { ack = 2 }
    conn:send "y"
    p:pass()
    assert.is_nil(p:one().options.user_timeout)
  end)

  it("makes a full segment smaller by its own size #R6691-2", function()
    local conn = with { user_timeout = 120 }
    conn:setoption("user_timeout", 130)
    conn:send(("x"):rep(1460))
    p:pass()
    assert.equal(1456, #p:take()[1].payload)
  end)

  it("keeps keep-alive from ending the connection before #R5482-7", function()
    local conn = with({ user_timeout = 120, keepalive = true, keepalive_idle = 10 }, { user_timeout = 400 })
    p:pass(400)
    assert.is_true(p:silent())
    p:pass(2)
    assert.is_true(p:one().probe)
    assert.equal("ESTABLISHED", conn.state)
  end)
end)
