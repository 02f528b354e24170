-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"

-- SND.NXT and RCV.NXT are 2; the last timestamp was 100.
local function time_wait(options)
  local p = paper.new(options)
  local stamp = options.timestamps and { value = 100, echo = 0 } or nil
  p.listener = assert(p.host:listen(p.port))
  p.listener:settimeout(0)
  p:arrive { flags = "S", seq = 0, options = { mss = 1460, timestamps = stamp } }
  p:arrive { options = { timestamps = stamp } }
  p.conn = assert(p.listener:accept())
  p.conn:shutdown "send"
  p:pass()
  p:arrive { flags = "F.", ack = 2, options = { timestamps = stamp } }
  p:take()
  assert.equal("TIME-WAIT", p.conn.state)
  return p
end

-- What each check answers, and where it leads (nothing: it stays in TIME-WAIT). exact: as measured of Linux 5.10 to 7.3.
local ARRIVALS = {
  { "a SYN that is not new", { flags = "S", seq = -50000 }, steps = ".", exact = "." },
  { "a SYN at RCV.NXT itself", { flags = "S", seq = 2 }, steps = "S.", exact = "." },
  { "a SYN above it", { flags = "S", seq = 3 }, steps = "S.", exact = "S." },
  { "a RST in the window", { flags = "R", seq = 3 }, steps = ".", exact = "" },
  { "a RST at RCV.NXT", { flags = "R", seq = 2 }, steps = "", exact = "", leads = "CLOSED" },
  { "text at RCV.NXT", { seq = 2, ack = 2, payload = "x" }, steps = "", exact = "." },
  { "an ACK of what was never sent", { seq = 2, ack = 3 }, steps = ".", exact = "" },
  { "the ACK that was expected", { seq = 2, ack = 2 }, steps = "", exact = "" },
  { "the FIN once more", { flags = "F.", seq = 1, ack = 2 }, steps = ".", exact = "." },
}

local STAMPED = {
  { "an exact RST with an old stamp", { flags = "R", seq = 2 }, stamp = 50, steps = "", exact = "", leads = { steps = "CLOSED" } },
  { "a SYN above RCV.NXT with an old stamp", { flags = "S", seq = 70000 }, stamp = 50, steps = ".", exact = "." },
  { "a SYN with a newer stamp, whatever its number", { flags = "S", seq = -50000 }, stamp = 101, steps = "S.", exact = "S." },
}

describe("in TIME-WAIT", function()
  local function meet(rule, check)
    local p <close> = time_wait { time_wait_check = check, timestamps = rule.stamp ~= nil }
    local given = {}
    for name, value in pairs(rule[2]) do given[name] = value end
    given.options = rule.stamp and { timestamps = { value = rule.stamp, echo = 0 } } or nil
    p:arrive(given)
    local flags = {}
    for i, s in ipairs(p:take()) do flags[i] = s.flags end
    return table.concat(flags, " "), p.conn.state
  end

  for _, rules in ipairs { ARRIVALS, STAMPED } do
    for _, rule in ipairs(rules) do
      for _, check in ipairs { "steps", "exact" } do
        local leads = type(rule.leads) == "table" and rule.leads[check] or type(rule.leads) == "string" and rule.leads or "TIME-WAIT"
        it(('%s, with time_wait_check "%s", draws "%s", and leads to %s'):format(rule[1], check, rule[check], leads), function()
          assert.same({ rule[check], leads }, { meet(rule, check) })
        end)
      end
    end
  end

  it("starts anew with what acknowledges, or is old, by the exact check", function()
    for _, row in ipairs {
      { { seq = 2, ack = 2 }, true }, { { seq = 1, ack = 1 }, true }, { { seq = 2, ack = 2, payload = "x" }, true },
      { { flags = "S.", seq = 2, ack = 2 }, true },
      { { flags = "R", seq = 3 }, false }, { { flags = "S", seq = -50000 }, false },
    } do
      local p <close> = time_wait { time_wait_check = "exact", msl = 30 }
      p:pass(20)
      p:arrive(row[1])
      p:pass(45)
      assert.equal(row[2] and "TIME-WAIT" or "CLOSED", p.conn.state)
    end
  end)

  it("rfc1337 holds for a RST by either check", function()
    local p <close> = time_wait { time_wait_check = "exact", rfc1337 = true }
    p:arrive { flags = "R", seq = 2 }
    assert.equal("TIME-WAIT", p.conn.state)
  end)
end)
