-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"

describe("the RST of an abort", function()
  local p, conn
  before_each(function() p = nil end)
  after_each(function() if p then p:close() end end)

  local function form(s) return { s.flags, s.seq, s.ack, s.window > 0 } end
  local ACKNOWLEDGING = { "R.", 1, 4, true }

  local function with_unread(options)
    p = paper.new(options)
    conn = p:established()
    p:arrive { payload = "abc" }
    p:take()
    return conn
  end

  it("is <SEQ=SND.NXT><CTL=RST> by RFC 9293, and says nothing else", function()
    with_unread():close()
    p:pass()
    local s = p:one()
    assert.same({ "R", 1, nil, 0 }, { s.flags, s.seq, s.ack, s.window })
  end)

  it("carries ACK and window with reset_acknowledges, for a close over unread text, an abort and linger 0", function()
    for _, ending in ipairs {
      function() conn:close() end,
      function() conn:abort() end,
      function() conn:setoption("linger", 0) conn:close() end,
    } do
      with_unread { profile = "linux" }
      ending()
      p:pass()
      local sent = p:take()
      assert.same(ACKNOWLEDGING, form(sent[#sent]))
      p:close()
    end
    p = nil
  end)

  it("likewise to those who wait for accept when the listener closes", function()
    p = paper.new { profile = "linux" }
    local listener = p.host:listen(p.port)
    p:arrive { flags = "S", seq = 0 }
    p:arrive {}
    p:take()
    listener:close()
    p:pass()
    assert.same({ "R.", 1, 1, true }, form(p:one()))
  end)

  it("to text that nobody will read stands at SND.NXT, with reset_acknowledges where that text's ACK says", function()
    for profile, seq in pairs { rfc9293 = 2, linux = 1 } do
      p = paper.new { profile = profile }
      conn = p:established()
      conn:close()
      p:pass()
      p:take()
      p:arrive { payload = "late" }
      local s = p:one()
      assert.same({ "R", seq }, { s.flags, s.seq })
      p:close()
    end
    p = nil
  end)
end)
