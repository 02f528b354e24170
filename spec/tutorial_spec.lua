-- SPDX-License-Identifier: MIT
-- README.md and examples/README.md, the tutorial, done as they stand: what they have saved is saved, what they have run is run.
local helper = require "spec.helper"
local readme = require "spec.tools.readme"

-- What is not as the page says, step by step.
local function wrong(path)
  local list = {}
  local function note(line, format, ...) list[#list + 1] = ("%s:%d: "):format(path, line) .. format:format(...) end
  for _, step in ipairs(readme.follow(path)) do
    local code = step.fails and 1 or 0
    if step.code ~= code then note(step.line, "exit code %d:\n%s", step.code, step.output) end
    if step.shown and step.shown ~= step.output then note(step.shown_at, "shows\n%s\nand it prints\n%s", step.shown, step.output) end
  end
  return table.concat(list, "\n")
end

describe("what the pages tell their reader to do", function()
  for _, path in ipairs(readme.documents) do
    it("works, and prints what stands there: " .. path, function()
      assert.equal("", wrong(path), "what it shows comes up to date with: lua5.4 spec/tools/readme.lua")
    end)
  end

  it("is followed closely: a page that shows something else is wrong", function()
    local text = "as `x.lua`\n\n```lua\nprint(1)\n```\n\n```sh\nbuild/tcplab run x.lua\n```\n\n```text\n2\n```\n"
    local page = helper.write(helper.folder() .. "/page.md", text)
    assert.equal(page .. ":12: shows\n2\n\nand it prints\n1\n", wrong(page))
    helper.write(page, "```sh\nfalse\n```\n")
    assert.equal(page .. ":2: exit code 1:\n", wrong(page))
    helper.write(page, "```sh\ntrue # fails\n```\n")
    assert.equal(page .. ":2: exit code 0:\n", wrong(page))
  end)
end)

describe("the README", function()
  it("asks for a change to an experiment that can be made, and shows", function()
    local change = helper.read("README.md"):match "write `(:drop[^`]*)` at the end of the line with `net:link`"
    local script, count = helper.read("examples/handshake.lua"):gsub("\n(net:link[^\n]*)", function(line) return "\n" .. line .. change end)
    assert.equal(1, count)
    local path = helper.write(helper.folder() .. "/mine.lua", script)
    local output, code = helper.shell(("LC_ALL=C.UTF-8 %s/tcplab run %s"):format(helper.build, path))
    assert.equal(0, code, output)
    assert.is_truthy(output:find("SYN seq=0 win=65535 ──X fault", 1, true), output)
  end)
end)

describe("the tutorial's spec", function()
  it("fails when its loss is taken away, and shows where", function()
    local spec = helper.read("examples/README.md"):match 'as `mine_spec.lua`:\n\n```lua\n(.-)```'
    local text, count = spec:gsub(':drop%("SYN%-ACK", 1%)', "")
    assert.equal(1, count)
    local output, code = helper.shell("lua5.4 spec/run.lua " .. helper.write(helper.folder() .. "/mine_spec.lua", text))
    assert.equal(1, code, output)
    assert.is_truthy(output:find("  > server > client  SYN-ACK seq=0 ack=1  lost\n", 1, true), output)
    assert.is_truthy(output:find("  > 0.010  server > client  SYN-ACK seq=0 ack=1 win=65535\n", 1, true), output)
    assert.is_truthy(output:find("fate: expected lost, got arrived", 1, true), output)
  end)
end)
