-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

local LAB <const> = [[
local tcplab = require "tcplab"
local net = tcplab.lab { seed = 7 }
local client, server = net:host("client", { address = "10.0.0.1" }), net:host("server", { address = "10.0.0.2" })
net:link(client, server, { delay = 0.010 })
server:listen(80)
local function deep(e) return e.nothing.x end
]]

-- What the command says of a script that begins with the lab: without the script's folder.
local function said(text)
  local output, code = helper.tcplab("run " .. helper.script(LAB .. text))
  assert.equal(1, code)
  return (output:gsub("[^%s<']*/script%.lua", "script.lua"))
end

describe("the traceback of an error", function()
  it("is left out where the message tells the line already", function()
    assert.equal("tcplab: script.lua:7: oh\n", said "error 'oh'")
    assert.equal('tcplab: script.lua:7: seed: an integer expected, got "x"\n', said "tcplab.lab { seed = 'x' }")
  end)

  it("shows the ends of an endless recursion", function()
    local output = said "local function again() return again() + 1 end\nagain()"
    assert.matches("^tcplab: script.lua:7: stack overflow", output)
    assert.matches("skipping %d%d%d+ levels", output)
    assert.matches("script.lua:8: in main chunk\n$", output)
    assert.is_true(select(2, output:gsub("\n", "")) < 30)
  end)

  it("shows the script's functions on the way", function()
    local output = said "local function outer() deep {} return 1 end\nouter()"
    assert.matches("^tcplab: script.lua:6: attempt to index a nil value [^\n]*\nstack traceback:\n\tscript.lua:6: in [^\n]*'deep'\n"
      .. "\tscript.lua:7: in [^\n]*'outer'\n\tscript.lua:8: in main chunk\n$", output)
  end)

  for _, from in ipairs {
    { "hook", "net:on('segment', function(e)\ndeep {}\nreturn 1 end)\nclient:connect('10.0.0.2', 80)" },
    { "filter", "client:filter('out', function(s)\ndeep {}\nreturn 1 end)\nclient:connect('10.0.0.2', 80)" },
    { "task", "net:spawn(function()\ndeep {}\nreturn 1 end)\nnet:run(1)" },
  } do
    local name, text = table.unpack(from)
    it("shows the script's frames alone when it comes from a " .. name, function()
      local output = said(text)
      assert.matches("^tcplab: script.lua:6: attempt to index a nil value [^\n]*\nstack traceback:\n\tscript.lua:6: in [^\n]*'deep'\n"
        .. "\tscript.lua:8: in [^\n]*\n\tscript.lua:1?%d: in main chunk\n$", output)
    end)
  end

  it("takes a script for a script also where its folder is named tcplab", function()
    local folder = helper.folder() .. "/tcplab"
    helper.shell("mkdir " .. folder)
    helper.write(folder .. "/network.lua", "local function inner() error 'oh' end\ninner()")
    assert.matches("network.lua:2: in main chunk\n$", (helper.tcplab("run " .. folder .. "/network.lua")))
  end)
end)
