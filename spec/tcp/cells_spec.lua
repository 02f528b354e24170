-- SPDX-License-Identifier: MIT
-- Every cell of spec/cells.tsv, state by event: reached by segments, user calls and time alone, and looked at for its answers, its next state,
-- its timers, what the user is told and what the host's machine counts. Each at several sets of initial sequence numbers.

require "spec.helper"
local probe = require "spec.probe"
local words = require "spec.tcp.cells.words"
local deviations = require "spec.deviations"
local machine = require "tcplab".machine

local NUMBERS = {
  { name = "ordinary numbers", iss = 1000, irs = 5000 },
  { name = "SYNs that are the last number", iss = 0xffffffff, irs = 0xffffffff },
  { name = "numbers that wrap in text and FIN", iss = 0xfffffffe, irs = 0xfffffffd },
  { name = "numbers before the sign's wrap", iss = 0x7fffffff, irs = 0x7ffffffe },
  { name = "windows across the wraps", iss = 0x7ffffff0, irs = 0xfffffff0 },
}

local function read_rows()
  local rows, first = {}, true
  for line in io.lines "spec/cells.tsv" do
    local fields = {}
    for field in (line .. "\t"):gmatch "([^\t]*)\t" do fields[#fields + 1] = field end
    if not first then
      rows[#rows + 1] = { state = fields[1], event = fields[2], action = fields[3], next = fields[4], section = fields[5], basis = fields[6] }
    end
    first = false
  end
  return rows
end

local rows = read_rows()

local function cells_of(state) return require("spec.tcp.cells." .. state:lower():gsub("%-", "_")) end

local function name_of(row) return row.state .. "/" .. row.event end

-- The declaration that takes a cell out, if any.
local function declared(row)
  for _, deviation in ipairs(deviations) do
    if deviation.event == row.event then return deviation end
  end
end

local function occurs(row) return row.basis ~= "n/a" and not declared(row) end

local transitions = {}
for _, transition in ipairs(machine) do transitions[name_of(transition)] = transition end

-- ---- a cell's expectations ----

local function variants_of(cell) return cell[1] and cell or { cell } end

local function choices_of(cell)
  local list = { cell.choice }
  for _, variant in ipairs(cell) do list[#list + 1] = variant.choice end
  return list
end

local function alternatives(text)
  local set = {}
  for state in text:gmatch "[^|]+" do set[state] = true end
  return set
end

local function sentence(row, cell)
  local said = {}
  for _, variant in ipairs(variants_of(cell)) do
    local answers = {}
    for _, reply in ipairs(variant.replies or {}) do answers[#answers + 1] = reply.name end
    for _, reply in ipairs(variant.later or {}) do answers[#answers + 1] = reply.name .. " within 0.5 s" end
    local clause = #answers > 0 and "it sends " .. table.concat(answers, ", ") or "it sends nothing"
    local next_state = variant.next or row.state
    clause = clause .. (next_state == row.state and " and stays" or " and enters " .. next_state)
    said[#said + 1] = variant.when and variant.when .. ", " .. clause or clause
  end
  local text = ("%s on %s: %s #cell:%s"):format(row.state, row.event, table.concat(said, "; "), name_of(row))
  for _, choice in ipairs(choices_of(cell)) do text = text .. "\n      chosen: " .. choice end
  return text
end

local function try_all(row, cell)
  for _, variant in ipairs(variants_of(cell)) do
    for _, way in ipairs(variant.ways or cell.ways or probe.ways(row.state)) do
      for _, numbers in ipairs(NUMBERS) do
        local ok, message = pcall(probe.try, row, variant, way, numbers)
        if not ok then error(("%s, by %s, %s: %s"):format(variant.when or "plain", way, numbers.name, message), 0) end
      end
    end
  end
end

for _, state in ipairs(machine.states) do
  describe("the machine's cells:", function()
    local cells = cells_of(state)
    for _, row in ipairs(rows) do
      if row.state == state and occurs(row) then
        local cell = cells[row.event]
        if cell then
          it(sentence(row, cell), function() try_all(row, cell) end)
        else
          it(("%s on %s has an expectation"):format(row.state, row.event), function() error "it has none" end)
        end
      end
    end
  end)
end

describe("the probe that reaches the cells", function()
  local function record(state, way)
    local p <close> = probe.new(NUMBERS[1])
    p:bring_to(state, way, {})
    return p.conn:status().record
  end

  it("meets half-open and TIME-WAIT connections as the small records they are kept in", function()
    assert.equal("half-open", record("SYN-RECEIVED", "listener"))
    assert.equal("full", record("SYN-RECEIVED", "passive OPEN"))
    for _, way in ipairs(probe.ways "TIME-WAIT") do assert.equal("time-wait", record("TIME-WAIT", way), way) end
  end)

  it("notices a missing answer, one too many, a wrong number, a wrong state and a wrong count", function()
    local row = { state = "ESTABLISHED", event = "SEG-FIN" }
    local ack = words.ack_of(1)
    local function outcome(variant)
      local _, message = pcall(probe.try, row, words.with({ segment = { flags = "F." } }, variant), "active OPEN", NUMBERS[1])
      return message
    end
    assert.is_nil((outcome { replies = { ack }, next = "CLOSE-WAIT" }))
    assert.matches("replies too many", outcome { next = "CLOSE-WAIT" })
    assert.matches("nothing came", outcome { replies = { ack, ack }, next = "CLOSE-WAIT" })
    assert.matches("reply 1, ack", outcome { replies = { words.ACK }, next = "CLOSE-WAIT" })
    assert.matches("next state", outcome { replies = { ack } })
    assert.matches("the machine counted SEG%-FIN 1 times", outcome { replies = { ack }, next = "CLOSE-WAIT", counts = {} })
    assert.matches("timer", outcome { replies = { ack }, next = "CLOSE-WAIT", timers = { ["time-wait"] = 240 } })
    assert.matches("result of the RECEIVE", outcome { replies = { ack }, next = "CLOSE-WAIT", pending = words.RECEIVE_RESET })
  end)
end)

describe("the table of cells", function()
  it("has a row for each state and event, in the machine's names", function()
    assert.equal(374, #rows)
    for _, row in ipairs(rows) do assert.is_truthy(transitions[name_of(row)], name_of(row)) end
  end)

  it("has 44 that cannot occur and 11 declared not applicable, which the machine calls impossible, and no other", function()
    local never, not_applicable = 0, 0
    for _, row in ipairs(rows) do
      local deviation = declared(row)
      if deviation then
        not_applicable = not_applicable + 1
        assert.is_truthy(#deviation.reason > 0, name_of(row))
      elseif not occurs(row) then
        never = never + 1
      end
      assert.equal(occurs(row), transitions[name_of(row)].occurs, name_of(row))
    end
    assert.equal(44, never)
    assert.equal(11, not_applicable)
  end)

  it("has no expectation for what cannot occur", function()
    local possible = {}
    for _, row in ipairs(rows) do possible[name_of(row)] = occurs(row) end
    for _, state in ipairs(machine.states) do
      for event in pairs(cells_of(state)) do assert.is_true(possible[state .. "/" .. event], state .. "/" .. event) end
    end
  end)

  it("agrees with the machine about next states", function()
    for _, row in ipairs(rows) do
      local transition, possible = transitions[name_of(row)], alternatives(row.next)
      if occurs(row) then
        assert.equal(row.next:match "^[^|]+", transition.next, name_of(row))
        if transition.otherwise ~= transition.next then
          local known = possible[transition.otherwise]
          assert.is_true(known or row.basis == "explicit-5961", name_of(row) .. " adds " .. transition.otherwise)
        end
      end
    end
  end)

  it("leads nowhere else, but by segments of several names, without RFC 5961 and after a half-duplex close; refused calls change nothing", function()
    for _, row in ipairs(rows) do
      local cell, possible = occurs(row) and cells_of(row.state)[row.event], alternatives(row.next)
      for _, variant in ipairs(cell and variants_of(cell) or {}) do
        local mixed = variant.counts and (#variant.counts > 1 or variant.counts[1] ~= row.event)
        local without = variant.half_duplex or (variant.options and variant.options.rfc5961 == false)
        local next_state = variant.next or row.state
        local refused = variant.returns and variant.returns[1] == nil and next_state == row.state
        assert.is_true(possible[next_state] or mixed or without or refused or false, name_of(row) .. " leads to " .. next_state)
      end
    end
  end)

  it("has every alternative tried, or a choice that says why not", function()
    for _, row in ipairs(rows) do
      local cell = occurs(row) and cells_of(row.state)[row.event]
      if cell then
        local possible, reached = alternatives(row.next), {}
        for _, variant in ipairs(variants_of(cell)) do
          local next_state = variant.next or row.state
          reached[next_state] = true
        end
        for state in pairs(possible) do
          assert.is_true(reached[state] or #choices_of(cell) > 0, name_of(row) .. " never leads to " .. state)
        end
      end
    end
  end)

  it("has a choice beside each cell whose reading is open", function()
    for _, row in ipairs(rows) do
      local open = row.basis == "derived" or row.action:find "declare" or row.action:find "Recommended"
      local cell = occurs(row) and cells_of(row.state)[row.event]
      if open and cell then assert.is_true(#choices_of(cell) > 0, name_of(row)) end
    end
  end)
end)
