-- SPDX-License-Identifier: MIT
-- What kernels answered, packet by packet, is what hosts of their profiles answer.
local helper = require "spec.helper"

local probe = require "tcplab.probe"

-- At HZ 250 the timer wheel ends a wait up to an eighth later, on a grid whose phase is each machine's own; and a question asked in real time is a
-- few hundredths of a second late.
local FOLD <const>, LATE <const> = 8, 0.05

local function is_near(told, witnessed)
  if math.type(witnessed) == "float" and math.type(told) == "float" then
    return math.abs(told - witnessed) <= LATE + math.max(told, witnessed) / FOLD
  end
  if type(witnessed) ~= "table" or type(told) ~= "table" then return told == witnessed end
  for i = 1, math.max(#told, #witnessed) do
    if not is_near(told[i], witnessed[i]) then return false end
  end
  return true
end

local function shown(value)
  if type(value) ~= "table" then return tostring(value) end
  local words = {}
  for i, each in ipairs(value) do words[i] = tostring(each) end
  return "{" .. table.concat(words, ", ") .. "}"
end

-- Each value that is not as it was witnessed, as a line.
local function differences(profile, witnessed)
  local names, lines = {}, {}
  for name in pairs(witnessed) do names[#names + 1] = name end
  table.sort(names)
  for _, row in ipairs(probe.ask(profile, names)) do
    for value, wanted in pairs(witnessed[row.question]) do
      local told = row.values[value]
      if not is_near(told, wanted) then lines[#lines + 1] = ("%s %s: %s, not %s"):format(row.question, value, shown(told), shown(wanted)) end
    end
  end
  table.sort(lines)
  return lines
end

describe("as its kernel was witnessed to,", function()
  for _, path in ipairs(helper.files("spec/probe/witness/linux-6.18", "%.lua$")) do
    it("linux-6.18 answers the questions of " .. path:match "([^/]+)%.lua$", function()
      assert.same({}, differences("linux-6.18", dofile(path)))
    end)
  end

  local versions = dofile "spec/probe/witness/versions.lua"
  for _, profile in ipairs { "linux-5.10", "linux-6.1", "linux-6.12", "linux-6.18", "linux-7.2" } do
    it(profile .. " answers what six kernels were asked", function() assert.same({}, differences(profile, versions(profile))) end)
  end
end)
