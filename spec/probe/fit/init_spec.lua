-- SPDX-License-Identifier: MIT
-- What answers determine, and whether a host of it answers the same.
require "spec.helper"

local fit = require "tcplab.probe.fit"
local probe = require "tcplab.probe"
local tcplab = require "tcplab"

local QUESTIONS <const> = { "syn", "syn_ack", "syn_retries", "syn_ack_retries", "fin_ack", "abort", "initial_window", "zero_window" }

local function values_of(it)
  local values = {}
  for _, each in ipairs(it.determined) do values[each.option] = each.value end
  return values
end

describe("a fit", function()
  it("finds the options that a device has otherwise than a profile, each by the question that shows it", function()
    local device = { initial_window = 4, syn_retries = 3, delayed_ack = 0.1, receive_buffer = 29200, sack = false }
    local sheet = probe.ask("linux", QUESTIONS)
    assert.same({}, probe.fit(sheet).determined)
    device.base = "linux"
    local it = probe.fit(probe.ask(device, QUESTIONS))
    assert.same({ initial_window = 4, syn_retries = 3, delayed_ack = 0.1, receive_buffer = 29200, sack = false }, values_of(it))
    assert.same({}, it.differences)
    local witness = {}
    for _, each in ipairs(it.determined) do witness[each.option] = each.question end
    assert.same({
      initial_window = "initial_window", syn_retries = "syn_retries", delayed_ack = "fin_ack", receive_buffer = "syn", sack = "syn",
    }, witness)
  end)

  it("is a table that a host plays, and that answers the same again", function()
    local sheet = probe.ask({ base = "rfc9293", rto_initial = 2, syn_ack_retries = 4 }, QUESTIONS)
    local it = probe.fit(sheet)
    local net = tcplab.lab {}
    assert.equal(4, net:host("device", { address = "10.0.0.9", profile = it.profile }):getoption "syn_ack_retries")
    assert.same({}, probe.compare(sheet, probe.ask(it.profile, QUESTIONS)))
  end)

  it("of a profile's own answers is that profile, or one that answers alike", function()
    for _, profile in ipairs(tcplab.profiles()) do
      local sheet = probe.ask(profile, QUESTIONS)
      local it = probe.fit(sheet)
      assert.same({}, it.determined)
      assert.same({}, probe.compare(sheet, probe.ask(it.profile, QUESTIONS)))
    end
  end)

  it("finds a profile's ways from another's, without its own values", function()
    for _, row in ipairs { { "linux-6.18", "linux-6.1" }, { "linux-5.10", "linux-7.2" } } do
      local names = {}
      for _, name in ipairs(tcplab.profiles()) do
        if name ~= row[1] and name ~= "linux" then names[#names + 1] = name end
      end
      local sheet = probe.ask(row[1], QUESTIONS)
      local before = #probe.compare(sheet, probe.ask(row[2], QUESTIONS))
      local it = fit(sheet, row[2], names)
      local after = #probe.compare(sheet, probe.ask(it.profile, QUESTIONS))
      assert.is_true(before > 0 and after == 0, ("%s from %s: %d, then %d"):format(row[1], row[2], before, after))
    end
  end)

  it("says what it cannot bring about", function()
    local sheet = probe.ask("linux", { "abort" })
    sheet[1].values.flags = "RP."
    local it = probe.fit(sheet)
    assert.same({}, it.determined)
    assert.same({ { question = "abort", value = "flags", first = "RP.", second = "R." } }, it.differences)
  end)
end)
