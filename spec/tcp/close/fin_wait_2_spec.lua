-- SPDX-License-Identifier: MIT
-- FIN-WAIT-2 whose user is gone. RCV.NXT is 1, SND.NXT 2.
local paper = require "spec.tcp.paper"

-- What time_wait_check "exact" answers, as measured of Linux 6.18, and where it leads.
local ARRIVALS = {
  { "a RST in the window", { flags = "R", seq = 100, ack = 2 }, "", "CLOSED" },
  { "a RST before it", { flags = "R", seq = 0 }, ". 2 1", "FIN-WAIT-2" },
  { "a SYN in the window", { flags = "S", seq = 100 }, "R. 0 101", "CLOSED" },
  { "text", { seq = 1, ack = 2, payload = "x" }, "R 2 -1", "CLOSED" },
  { "a FIN beyond a gap", { flags = "F.", seq = 100, ack = 2 }, "R 2 -1", "CLOSED" },
  { "a FIN in order, whatever it acknowledges", { flags = "F.", seq = 1, ack = 3 }, ". 2 2", "TIME-WAIT" },
  { "an ACK of what was never sent", { seq = 1, ack = 3 }, "", "FIN-WAIT-2" },
  { "text before the window", { seq = 0, ack = 2, payload = "x" }, ". 2 1", "FIN-WAIT-2" },
}

describe("FIN-WAIT-2 without a user", function()
  local function reached(options)
    local p = paper.new(options)
    local conn = p:accepted()
    conn:close()
    p:pass()
    p:arrive { ack = 2 }
    p:take()
    assert.equal("FIN-WAIT-2", conn.state)
    return p, conn
  end

  for _, row in ipairs(ARRIVALS) do
    it(('answers %s by "%s", and leads to %s'):format(row[1], row[3], row[4]), function()
      local p <close>, conn = reached { time_wait_check = "exact" }
      p:arrive(row[2])
      local words = {}
      for i, s in ipairs(p:take()) do words[i] = ("%s %d %d"):format(s.flags, s.seq, s.ack or -1) end
      words = table.concat(words, ", "):gsub("R%. %d+ ", "R. 0 ") -- a RST without an ACK to go by has the number 0
      assert.same({ row[3], row[4] }, { words, conn.state })
    end)
  end

  it("ends by any RST in the window, which is challenged where the check is in steps", function()
    local p <close>, conn = reached {}
    p:arrive { flags = "R", seq = 100 }
    assert.same({ ".", "FIN-WAIT-2" }, { p:one().flags, conn.state })
  end)

  it("lasts fin_wait_2_timeout, and only twice what of it exceeds fin_wait_2_excess", function()
    for timeout, lasts in pairs { [50] = 50, [60] = 60, [70] = 20, [100] = 80 } do
      local p <close>, conn = reached { fin_wait_2_timeout = timeout, fin_wait_2_excess = 60 }
      p:pass(lasts - 0.1)
      assert.equal("FIN-WAIT-2", conn.state)
      p:pass(0.2)
      assert.equal("CLOSED", conn.state)
    end
  end)
end)
