-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

local tcplab = helper.tcplab
local script = helper.script
local COMMAND <const> = helper.build .. "/tcplab"

local HANDSHAKE = [[
local tcplab = require "tcplab"
local net = tcplab.lab { seed = 7 }
local client, server = net:host("client", { address = "10.0.0.1" }), net:host("server", { address = "10.0.0.2" })
net:link(client, server, { delay = 0.010 })
server:listen(80)
assert(client:connect("10.0.0.2", 80))
]]

describe("tcplab run", function()
  it("gives the script its arguments, those after -- as they are", function()
    local path = script "print(select('#', ...), ...) print(#arg, arg[1], arg[0] ~= nil)"
    local output, code = tcplab("run " .. path .. " one 'two words' -- --three")
    assert.equal("3\tone\ttwo words\t--three\n3\tone\ttrue\n", output)
    assert.equal(0, code)
  end)

  it("runs what comes on standard input, or through a pipe, to its last line", function()
    local lines = "print 'one'\nprint(...)\n"
    for _, way in ipairs { "- x <", "/dev/stdin x <", "- x < <(cat %s) #", "<(cat %s) x #" } do
      local path = script(lines)
      local command = ("%s run %s"):format(COMMAND, way:find "%%s" and way:format(path) or way .. path)
      assert.equal("one\nx\n", (helper.shell("bash -c " .. helper.quote(command))), way)
    end
    local output, code = tcplab("run - < " .. script "error 'oh'")
    assert.same({ "tcplab: /dev/stdin:1: oh\n", 1 }, { output, code })
    assert.same({ "tcplab: --twice: what comes through a pipe can be read once\n", 2 }, { tcplab("run --twice - < " .. script "") })
  end)

  it("is what a script's or an experiment's name alone is taken for", function()
    local path = script "print(1)"
    for _, word in ipairs { "handshake", path } do
      local output, code = tcplab(word)
      assert.equal(2, code)
      assert.matches(("did you mean 'tcplab run %s'?"):format((word:gsub("'", ""))), output, 1, true)
    end
  end)

  it("shows an error with the script's line and the script's own frames", function()
    local output, code = tcplab("run " .. script "local function inner() error 'oh' end\nlocal function outer() inner() end\nouter()\n")
    assert.equal(1, code)
    assert.is_truthy(output:find("script.lua:1: oh", 1, true), output)
    assert.is_truthy(output:find("script.lua:2: in ", 1, true), output)
    assert.is_nil(output:find("command.lua", 1, true) or output:find("run.lua", 1, true), output)
  end)

  it("says when memory is short", function()
    local path = script "local list = {} while true do list[#list + 1] = ('x'):rep(1 << 20) .. #list end"
    local output, code = helper.shell(("ulimit -v 1000000; %s run %s"):format(COMMAND, path))
    assert.same({ "tcplab: not enough memory\n", 1 }, { output, code })
  end)

  it("leaves load its own answers", function()
    local output, code = tcplab("run " .. script "print(load('return ' .. ('('):rep(100000)))")
    assert.equal(0, code)
    assert.is_truthy(output:find "^nil\t[^\n]*overflow[^\n]*\n$", output)
  end)

  it("shows errors that are no strings", function()
    local output, code = tcplab("run " .. script "error(setmetatable({}, { __tostring = function() return 'a table of mine' end }))")
    assert.equal(1, code)
    assert.is_truthy(output:find("a table of mine", 1, true), output)
    assert.is_truthy(tcplab("run " .. script "error { message = 'named' }"):find("named", 1, true))
    local function told(text) return (tcplab("run " .. script(text)):match "^tcplab: ([^\n]*)\n") end
    assert.equal('an error that is a table { code = "MINE", count = 3 }', told "error { count = 3, code = 'MINE', 'unnamed' }")
    assert.equal("an error that is a table { inner = a table }", told "error { inner = {} }")
    assert.equal("an error without a message", told "error()")
  end)

  it("says which line does not parse", function()
    local output, code = tcplab("run " .. script "print(1)\nlocal = 2\n")
    assert.equal(1, code)
    assert.is_truthy(output:find("script.lua:2:", 1, true), output)
  end)

  it("runs an experiment by its name, from anywhere", function()
    local output, code = helper.shell(('root=$PWD; cd / && "$root/%s/tcplab" run handshake'):format(helper.build))
    assert.equal(0, code, output)
    assert.is_truthy(output:find("are the fewest", 1, true), output)
  end)

  it("suggests the nearest experiment for a name that is neither a file's nor an experiment's", function()
    local output, code = tcplab "run hanshake"
    assert.equal(2, code)
    assert.is_truthy(output:find("no experiment 'hanshake'; did you mean 'handshake'?", 1, true), output)
    output, code = tcplab "run no/handshake.lua"
    assert.equal(2, code)
    assert.is_truthy(output:find("no/handshake.lua: No such file or directory (there is an experiment 'handshake')", 1, true), output)
    assert.equal(2, select(2, tcplab "run examples"))
  end)

  it("shows a claim that fails by the claim and the script's line alone", function()
    local output, code = tcplab "run handshake without"
    assert.equal(1, code)
    assert.is_truthy(output:find("\ntcplab: [^\n]*handshake.lua:%d+: this does not hold: [^\n]+\n$"), output)
  end)

  it("speaks the language that is asked for, or the locale's", function()
    local english, chinese = tcplab("run handshake", "LC_ALL=C"), tcplab("run handshake --lang zh", "LC_ALL=C")
    assert.is_truthy(english:find("are the fewest", 1, true), english)
    assert.is_truthy(chinese:find("三次握手", 1, true), chinese)
    assert.equal(chinese, (tcplab("run handshake", "LC_ALL= LC_MESSAGES=zh_CN.GB18030 LANG=C")))
    assert.equal(english, (tcplab("run handshake", "LC_ALL= LC_MESSAGES= LANG=fr_FR")))
  end)

  it("answers a missing script with 2, and what the surroundings lack with 3", function()
    local output, code = tcplab "run build/no-such-script.lua"
    assert.equal(2, code)
    assert.is_truthy(output:find("no-such-script.lua", 1, true))
    assert.equal(3, select(2, tcplab("run " .. script "error 'this user may not open /dev/net/tun: run as root'")))
    assert.equal(3, select(2, tcplab("run " .. script "error { code = 'EPERM', message = 'no' }")))
    assert.equal(1, select(2, tcplab("run " .. script "error { code = 'ECONNREFUSED', message = 'no' }")))
  end)

  it("passes the script's own exit code on", function()
    assert.equal(5, select(2, tcplab("run " .. script "os.exit(5)")))
    local folder = helper.folder()
    assert.equal(5, select(2, tcplab("run " .. script(HANDSHAKE .. "os.exit(5)") .. " --save " .. folder .. "/a.pcapng")))
    assert.is_true(#helper.read(folder .. "/a.pcapng") > 200)
  end)

  it("replaces every lab's seed", function()
    local path = script "local tcplab = require 'tcplab' print(tcplab.lab { seed = 1 }:random(1 << 30), tcplab.lab {}:random(1 << 30))"
    local plain, three, again = tcplab("run " .. path), tcplab("run --seed 3 " .. path), tcplab("run " .. path .. " --seed 3")
    assert.not_equal(plain, three)
    assert.equal(three, again)
    assert.is_truthy(three:find "^(%d+)\t%1\n$", three)
  end)

  it("saves the trace of each network, the closed ones too", function()
    local folder = helper.folder()
    local path = script(HANDSHAKE .. "net:close()\ntcplab.lab { seed = 2 }\n")
    local output, code = tcplab("run " .. path .. " --save " .. folder .. "/trace.pcapng")
    assert.equal(0, code, output)
    assert.is_true(#helper.read(folder .. "/trace.pcapng") > 500)
    assert.is_truthy(helper.read(folder .. "/trace-2.pcapng"))
  end)

  it("saves what there is when the script fails, and fails when it cannot save", function()
    local folder = helper.folder()
    assert.equal(1, select(2, tcplab("run " .. script(HANDSHAKE .. "error 'late'") .. " --save " .. folder .. "/trace.pcapng")))
    assert.is_true(#helper.read(folder .. "/trace.pcapng") > 500)
    local output, code = tcplab("run " .. script(HANDSHAKE) .. " --save " .. folder .. "/no/trace.pcapng")
    assert.equal(1, code)
    assert.is_truthy(output:find("No such file", 1, true), output)
  end)

  it("fails when there was no network whose trace it could save", function()
    local path = helper.folder() .. "/a.pcapng"
    local output, code = tcplab("run " .. script "" .. " --save " .. path)
    assert.same({ "tcplab: no network was made: there is nothing to save\n", 1 }, { output, code })
    output = tcplab("run " .. script "error('oh', 0)" .. " --save " .. path)
    assert.is_nil(output:find("save", 1, true))
  end)

  it("saves what happened also in a network that would keep no trace", function()
    local path = helper.folder() .. "/a.mmd"
    local _, code = tcplab("run " .. script((HANDSHAKE:gsub("seed = 7", "%0, trace = false"))) .. " --save " .. path)
    assert.equal(0, code)
    assert.matches("SYN%-ACK", helper.read(path))
  end)

  it("saves in several formats at once", function()
    local folder = helper.folder()
    local output, code = tcplab(("run %s --save %s/a.pcapng --save %s/a.jsonl"):format(script(HANDSHAKE), folder, folder))
    assert.equal(0, code, output)
    assert.is_true(#helper.read(folder .. "/a.pcapng") > 500 and #helper.read(folder .. "/a.jsonl") > 500)
  end)

  it("prints without colours into a pipe", function()
    assert.is_nil(tcplab("run " .. script(HANDSHAKE .. "print(net.trace:ladder())")):find "\27")
  end)

  it("knows a terminal, NO_COLOR and --no-color", function()
    helper.need("script", "package bsdutils")
    local path = script(HANDSHAKE .. "print(net.trace:ladder())")
    local function on_terminal(command) return (helper.shell("script -qec " .. helper.quote(command) .. " /dev/null")) end
    assert.is_truthy(on_terminal(COMMAND .. " run " .. path):find "\27%[")
    assert.is_nil(on_terminal(COMMAND .. " run --no-color " .. path):find "\27%[")
    assert.is_nil(on_terminal("NO_COLOR=1 " .. COMMAND .. " run " .. path):find "\27%[")
  end)
end)

describe("tcplab run --json", function()
  local json = require "dkjson"

  local function document(arguments) return json.decode((helper.shell(COMMAND .. " run --json " .. arguments .. " 2>/dev/null"))) end

  it("prints one document about the run, and leaves standard output to it", function()
    local folder = helper.folder()
    local path = script(HANDSHAKE .. "print 'one' io.write 'two' io.stdout:write 'three'\nnet:run(1)\ntcplab.lab {}")
    local told = document(path .. " --save " .. folder .. "/a.pcapng a b")
    assert.same({ "a", "b" }, told.arguments)
    assert.same({ 0, {}, nil }, { told.exit, told.experiments, told.error })
    assert.equal(2, #told.networks)
    local first = told.networks[1]
    assert.same({ 3, 4, 1.02, true, 0 }, { first.packets, first.events, first.ended, first.idle, first.overwritten })
    assert.matches("^%x+$", first.hash)
    assert.same({ folder .. "/a.pcapng" }, first.saved)
    local prints = helper.shell(COMMAND .. " run --json " .. path .. " 2>&1 >/dev/null")
    assert.equal("one\ntwothree", prints)
  end)

  it("tells what an experiment said and claimed, also when it fails", function()
    local told = document "handshake"
    assert.equal(0, told.exit)
    local it_is = told.experiments[1]
    assert.same({ "handshake", true }, { it_is.name, it_is.with })
    assert.equal("known", it_is.said[1].key)
    assert.equal("client", it_is.said[1].values.host)
    assert.same({ "heard", true }, { it_is.claims[2].key, it_is.claims[2].holds })
    told = document "handshake without"
    assert.equal(1, told.exit)
    assert.same({ "heard", false }, { told.experiments[1].claims[2].key, told.experiments[1].claims[2].holds })
    assert.is_truthy(told.error:find(told.experiments[1].claims[2].text, 1, true))
  end)

  it("is there when the script does not even parse", function()
    local output, code = helper.shell(("%s run --json %s 2>/dev/null"):format(COMMAND, script "local = 2"))
    assert.equal(1, code)
    assert.matches("script.lua:1: ", json.decode(output).error, 1, true)
  end)

  it("is there when the script exits by itself, and the same each time", function()
    local path = script(HANDSHAKE .. "os.exit(4)")
    local output, code = tcplab("run --json " .. path)
    assert.equal(4, code)
    assert.equal(4, json.decode(output).exit)
    assert.equal((tcplab "run --json handshake 2>/dev/null"), (tcplab "run --json handshake 2>/dev/null"))
  end)
end)

describe("tcplab run --twice", function()
  it("says that two runs are identical, with count and hash", function()
    local output, code = tcplab("run --twice " .. script(HANDSHAKE .. "print('once')"))
    assert.equal(0, code, output)
    assert.is_truthy(output:find "^once\nidentical: %d+ events, hash %x+\n$", output)
  end)

  it("compares networks too that would keep no trace", function()
    local output = tcplab("run --twice " .. script((HANDSHAKE:gsub("seed = 7", "%0, trace = false"))))
    assert.is_truthy(output:find "^identical: [1-9]%d* events, ", output)
  end)

  it("shows where the traces part, and fails", function()
    local marker = helper.quote(helper.folder() .. "/marker")
    local path = script(HANDSHAKE .. [[
local name = ...
if io.open(name) then assert(client:connect("10.0.0.2", 80)) else assert(io.open(name, "w")):close() end
net:run(1)
]])
    local output, code = tcplab("run --twice " .. path .. " " .. marker)
    assert.equal(1, code, output)
    assert.is_truthy(output:find "the traces part:\n", output)
    assert.is_truthy(output:find " both: 0%.%d+ .*\n.* first: .*\n.* second: 0%.%d+ client ", output)
  end)

  it("passes arguments and seed on", function()
    local output = tcplab("run --twice --seed 9 " .. script(HANDSHAKE .. "print(net:random(1 << 30), ...)") .. " -- --a 'b c'")
    assert.is_truthy(output:find "\t%-%-a\tb c\n", output)
  end)

  it("fails as the script does", function()
    local output, code = tcplab("run --twice " .. script "error 'oh'")
    assert.equal(1, code)
    assert.equal(1, select(2, output:gsub("script.lua:1: oh", "")), output)
    assert.equal(2, select(2, tcplab "run --twice build/no-such-script.lua"))
  end)

  it("has nothing to compare without a network", function()
    assert.equal("identical: no network was made\n", (tcplab("run --twice " .. script "")))
  end)
end)
