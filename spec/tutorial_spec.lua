-- SPDX-License-Identifier: MIT
-- The tutorial is examples/README.md. Its blocks of Lua are run as they stand there: those of one script one after another, a spec as a spec.
local helper = require "spec.helper"

local function blocks()
  local list = {}
  for block in helper.read("examples/README.md"):gmatch "\n```lua\n(.-)\n```" do list[#list + 1] = block end
  return list
end

local function is_spec(block) return block:find "%f[%w]describe%(" ~= nil end

local scripts, specs = {}, {}
for _, block in ipairs(blocks()) do table.insert(is_spec(block) and specs or scripts, block) end

-- Runs a spec's text as its reader would, in a file of its own. Returns what busted printed, and its exit code.
local function run_spec(text)
  local path = helper.write(helper.folder() .. "/mine_spec.lua", text)
  return helper.shell("lua5.4 spec/run.lua " .. path)
end

describe("the tutorial", function()
  it("has blocks that make one script, which runs", function()
    assert.is_true(#scripts >= 3)
    assert(load(table.concat(scripts, "\n"), "=examples/README.md"))()
  end)

  it("has a spec, which passes", function()
    assert.equal(1, #specs)
    local output, code = run_spec(specs[1])
    assert.equal(0, code, output)
    assert.is_truthy(output:find "\n2 passed, 0 failed, 0 skipped\n$", output)
  end)

  it("has a spec that fails when its loss is taken away, and shows where", function()
    local text, count = specs[1]:gsub(':drop%("SYN%-ACK", 1%)', "")
    assert.equal(1, count)
    local output, code = run_spec(text)
    assert.equal(1, code, output)
    assert.is_truthy(output:find("  > server > client  SYN-ACK seq=0 ack=1  lost\n", 1, true), output)
    assert.is_truthy(output:find("  > 0.010  server > client  SYN-ACK seq=0 ack=1 win=65535\n", 1, true), output)
    assert.is_truthy(output:find("fate: expected lost, got arrived", 1, true), output)
  end)
end)
