-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

local tcplab = helper.tcplab

describe("tcplab", function()
  it("shows its help, with examples and exit codes", function()
    local output, code = tcplab "--help"
    assert.equal(0, code)
    for _, part in ipairs { "Usage: tcplab", "run ", "machine ", "Examples:", "Exit codes:" } do
      assert.is_truthy(output:find(part, 1, true), output)
    end
    assert.equal(0, select(2, tcplab "run --help"))
  end)

  it("suggests the verb that was probably meant", function()
    assert.is_truthy(tcplab "lists":find("Did you mean 'list'?", 1, true))
  end)

  it("shows examples in the help of each verb", function()
    for _, verb in ipairs { "run", "list", "show", "machine", "probe", "ss" } do
      local output, code = tcplab(verb .. " --help")
      assert.equal(0, code)
      assert.is_truthy(output:find("\nExamples:\n  tcplab " .. verb, 1, true), output)
    end
  end)

  it("keeps its help within a terminal's columns, as it was written", function()
    for _, verb in ipairs { "", "run", "list", "show", "machine", "probe", "diff", "ss" } do
      local written = verb ~= "" and require("tcplab.command." .. verb).examples or ""
      local output = tcplab(verb .. " --help")
      assert.is_truthy(output:find(written, 1, true), output)
      for line in output:gmatch "[^\n]+" do assert.is_true(#line <= 80, line) end
    end
  end)

  it("says what to install when argparse is missing", function()
    local output, code = helper.shell(("LUA_PATH='lua/?.lua;lua/?/init.lua' LUA_CPATH=%s/lib/?.so lua5.4 lua/bin/tcplab list"):format(helper.build))
    assert.equal(3, code)
    assert.is_truthy(output:find("^tcplab: the Lua module argparse is missing: install "), output)
  end)

  it("says what to install when dkjson is missing and JSON is wanted", function()
    local without = ("package.preload.dkjson = function() error 'no dkjson' end arg = { [0] = 'tcplab', 'list', '--json' } dofile 'lua/bin/tcplab'")
    local output, code = helper.shell(("LUA_PATH='lua/?.lua;lua/?/init.lua;;' LUA_CPATH='%s/lib/?.so;;' lua5.4 -e %s"):format(helper.build,
      helper.quote(without)))
    assert.equal(3, code, output)
    assert.is_truthy(output:find("^tcplab: the Lua module dkjson is missing: install "), output)
  end)

  it("shows its version", function()
    local output, code = tcplab "--version"
    assert.equal(0, code)
    assert.is_truthy(output:find "^tcplab %S+\n$")
  end)

  it("names the commands there are when asked for another", function()
    for _, name in ipairs { "explore", "nonsense" } do
      local output, code = tcplab(name)
      assert.equal(2, code)
      assert.is_truthy(output:find("unknown command '" .. name .. "' (there are run, list, show, machine", 1, true), output)
    end
  end)

  it("shows the usage of the verb that was used wrongly, and names the option", function()
    local output = tcplab "ss x.lua --at soon"
    assert.is_truthy(output:find "^Usage: tcplab ss .*\n\ntcplab: %-%-at: 'soon' is not a time in seconds\n$", output)
    output = tcplab "run x.lua --seed 1.5"
    assert.is_truthy(output:find "^Usage: tcplab run .*\n\ntcplab: %-%-seed: '1.5' is not an integer\n$", output)
    assert.is_truthy(tcplab "run x.lua --save x.doc":find('\ntcplab: --save: cannot write "x.doc": no such format;', 1, true))
    assert.is_truthy(tcplab "diff x.jsonl":find "^Usage: tcplab diff .*\n\ntcplab: missing argument 'second'\n$")
    assert.is_truthy(tcplab "":find "\ntcplab: a command is required %(there are run, list, .*%)\n$")
  end)

  it("answers wrong usage with 2", function()
    for _, arguments in ipairs { "", "run", "run --seed", "run x.lua --seed y", "run x.lua --nonsense", "machine --dot --mermaid",
      "machine --coverage x --dot", "run x.lua --twice --json", "run x.lua --save x.doc", "machine extra", "list --lang fr", "show" } do
      local output, code = tcplab(arguments)
      assert.equal(2, code, arguments .. ": " .. output)
      assert.is_truthy(output:find("tcplab: ", 1, true), output)
    end
  end)
end)
