-- SPDX-License-Identifier: MIT
-- The figures of spec/soak in short: 300 of the random schedules, what happens in virtual time as it is wanted, or within a fifth of it in
-- these short runs. The figures themselves, processor time among them: make soak.
local helper = require "spec.helper"

-- Builds the programs once; a build folder of its own has its own.
local function programs()
  local options = os.getenv "TCPLAB_PRELOAD" and " SANITIZE=address,undefined OPTIMIZE='-O1 -fno-omit-frame-pointer' CC=gcc" or ""
  local output, code = helper.shell("unset LD_PRELOAD; make --no-print-directory BUILD=" .. helper.quote(helper.build) .. options .. " soaks")
  assert(code == 0, output)
end

--- Runs a program: what it printed, its exit code, and the figures by name.
local function soak(command)
  local output, code = helper.shell("unset LD_PRELOAD; " .. helper.build .. "/soak/" .. command)
  local figures = {}
  for line in output:gmatch "[^\n]+" do
    local name, value = line:match "^(.-)%s%s+([%d.e+-]+) .*wanted"
    if name then figures[name:match "^%s*(.*)$"] = tonumber(value) end
  end
  return output, code, figures
end

-- A tenth of the long ones where each instruction is watched.
local slowness = os.getenv "TCPLAB_PRELOAD" and 10 or 1

describe("a soak", function()
  setup(programs)

  it("brings 300 random schedules to their end, byte for byte, without a stall", function()
    local output, code = soak "schedules 1 300"
    assert.equal(0, code, output)
  end)

  it("repeats one schedule, event for event, from its seed", function()
    local first = soak "schedules --seed 62 -v"
    local second = soak "schedules --seed 62 -v"
    assert.is_true(#first > 1000)
    assert.equal(first, second)
  end)

  it("probes a lost tail on time, and the receiver has the bytes half a round trip later #R8985-6", function()
    local output, code = soak "tail"
    assert.equal(0, code, output)
  end)

  it("follows CUBIC's function within two segments #R9438-1", function()
    local output, code = soak "cubic 20"
    assert.equal(0, code, output)
  end)

  it("goes on over random loss", function()
    local output, _, figures = soak "goodput 3 8"
    assert.is_true((figures["goodput at 1 % loss, reno"] or 0) > 12.5 / 5, output)
    assert.is_true((figures["goodput at 1 % loss, cubic"] or 0) > 12.5 / 5, output)
  end)

  it("fills a long fat path", function()
    local output, _, figures = soak "bdp 5"
    assert.is_true((figures["link used, 1 Gbit/s 50 ms, cubic"] or 0) > 95 / 5, output)
  end)

  it("is not held up by reordering, and takes back what was for nothing", function()
    local output, _, figures = soak "reordering 3 5"
    for _, control in ipairs { "reno", "cubic", "reno, no timestamps", "cubic, no timestamps" } do
      assert.is_true((figures["reordering: link used, " .. control] or 0) > 90 / 5, output)
      assert.is_true((figures["D-SACK to full window, " .. control] or 1000) <= 40, output)
      assert.is_true((figures["resent in the first second, " .. control] or 1000) <= 25, output)
    end
  end)

  it("serves honest clients through a flood of SYNs with cookies, and hardly one without, within its memory", function()
    local output, _, figures = soak "flood 0.5"
    assert.equal(100, figures["cookies: honest clients served"], output)
    assert.is_true(figures["no cookies: honest clients served"] <= 1, output)
    for _, way in ipairs { "cookies", "no cookies" } do
      assert.is_true(figures[way .. ": memory at most"] <= 4096, output)
      assert.is_true(figures[way .. ": memory afterwards"] <= 256, output)
    end
  end)

  it("lets no blind attacker end a connection or put a byte into it", function()
    local output, code = soak "blind 100000"
    assert.equal(0, code, output)
  end)

  it("keeps each of many idle connections in little memory", function()
    local output, _, figures = soak "idle 100000"
    assert.is_true((figures["idle: memory per endpoint"] or 1e9) <= 512, output)
  end)

  it("has no timeout where RACK can tell, and no death that no option orders, with any options at all #R8985-6 #MUST-37", function()
    local output, code = soak("tunables 1 " .. 24000 // slowness)
    assert.equal(0, code, output)
  end)

  it("waits for time alone only for a retransmission that was lost, in 400 transfers over a lossy path", function()
    local output, code = soak "transfers"
    assert.equal(0, code, output)
  end)

  it("sends nothing twice over a path that loses nothing, but what RFC 8985 does when segments overtake one another", function()
    local output, code = soak "needless"
    assert.equal(0, code, output)
  end)

  it("is not moved by a forged segment, of any kind at any step of a conversation, that the true peer could not have sent", function()
    local output, code = soak("forged 1 " .. 200000 // slowness)
    assert.equal(0, code, output)
  end)

  it("lets two flows share a link", function()
    local output, _, figures = soak "fairness 1 60"
    assert.is_true((figures["fairness of two cubic flows"] or 0) > 0.6, output)
  end)
end)
