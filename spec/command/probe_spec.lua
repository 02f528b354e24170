-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

local probe = require "tcplab.probe"
local tcplab = helper.tcplab

describe("tcplab probe", function()
  local json = require "dkjson"

  it("tells the questions, in either language", function()
    local output, code = tcplab "probe --list --lang en"
    assert.equal(0, code)
    assert.is_truthy(output:find("^  syn +What does the first SYN offer%? %(RFC 9293 3%.2, RFC 7323%)\n"), output)
    assert.is_truthy(tcplab("probe icmp --list --lang zh"):find "^  icmp  SYN 得到 ICMP 差错作答时")
    local list = json.decode((tcplab "probe abort syn --list --json"))
    assert.same({ "abort", "syn" }, { list[1].name, list[2].name })
    assert.same({ "flags", "seq", "ack", "window" }, list[1].values)
  end)

  it("asks those that are named, in their order, and prints times to the millisecond", function()
    local output, code = tcplab "probe syn_ack_retries abort"
    assert.equal(0, code)
    assert.equal([[
syn_ack_retries
  times   1.000, 3.000, 7.000, 15.000, 31.000, 63.000, 123.000
abort
  flags   R
  seq     1
  ack     none
  window  0
]], output)
  end)

  it("asks all of another profile", function()
    local output, code = tcplab "probe --profile rfc793"
    assert.equal(0, code)
    assert.is_truthy(output:find "\nsyn_retries\n  times +3%.000, 9%.000, 21%.000, ")
    assert.is_truthy(output:find "\nicmp\n")
  end)

  it("prints where two profiles differ and nothing else, and answers 1 then", function()
    local output, code = tcplab "probe abort syn_retries --against rfc793"
    assert.equal(1, code)
    assert.equal([[
syn_retries times
  rfc9293  1.000, 3.000, 7.000, 15.000, 31.000, 63.000, 123.000
  rfc793   3.000, 9.000, 21.000, 45.000, 93.000, 153.000, 213.000, 273.000
syn_retries gives_up
  rfc9293  183.000
  rfc793   300.000
syn_retries code
  rfc9293  ETIMEDOUT
  rfc793   EUSERTIMEOUT
]], output)
    output, code = tcplab "probe --profile linux --against linux"
    assert.same({ "nothing differs\n", 0 }, { output, code })
  end)

  it("speaks JSON", function()
    local sheet = json.decode((tcplab "probe syn_retries abort --json"))
    assert.equal("rfc9293", sheet.subject)
    assert.same({ question = "syn_retries", values = { times = { 1, 3, 7, 15, 31, 63, 123 }, gives_up = 183, code = "ETIMEDOUT" } }, sheet.answers[1])
    assert.same({ flags = "R", seq = 1, window = 0 }, sheet.answers[2].values)
    local output, code = tcplab "probe syn_ack_retries --profile rfc793 --against rfc9293 --json"
    local told = json.decode(output)
    assert.equal(1, code)
    assert.same({ "rfc793", "rfc9293", 1 }, { told.subject, told.against, #told.differences })
    assert.same({ 1, 3, 7, 15, 31, 63, 123 }, told.differences[1].second)
    assert.same({}, json.decode((tcplab "probe syn --against rfc9293 --json")).differences)
  end)

  it("prints what comes again in a row once, with its count", function()
    local own = helper.script [[
      return { name = "own", en = "?", values = { "list" }, ask = function() return { list = { 0.0, 0.0, 0.0, 0.1, 0.1, 0.2 } } end }
    ]]
    assert.equal("own\n  list  3 x 0.000, 0.100, 0.100, 0.200\n", (tcplab("probe " .. own)))
  end)

  it("asks this machine's kernel, in its own namespaces, and compares #live", function()
    helper.need "namespace"
    local live = ("%s/tcplab probe --kernel "):format(helper.build)
    local output, code = helper.shell(live .. "syn abort closed_port")
    assert.equal(0, code, output)
    assert.is_truthy(output:find "syn\n  flags    S\n  options  mss 1460, sackOK, ts, nop, ws %d+\n  window   64240\n", output)
    assert.is_truthy(output:find "closed_port\n  syn      R%., 0, 1\n  text     R, 500, none\n", output)
    local values = json.decode((helper.shell(live .. "icmp --json 2>/dev/null"))).answers[1].values
    assert.same({ "ENETUNREACH", "EHOSTUNREACH", "ECONNREFUSED", "goes on" },
      { values.network_unreachable, values.host_unreachable, values.port_unreachable, values.source_quench })
    output, code = helper.shell(live .. "closed_port syn --against rfc793 2>/dev/null")
    assert.equal(1, code, output)
    assert.is_truthy(output:find "^syn options\n  Linux %S+ +mss 1460, sackOK, ts, nop, ws %d+\n  rfc793 +mss 1460\n", output)
    assert.is_nil(output:find "closed_port")
  end)

  it("asks a question of one's own, and answers 1 when it fails", function()
    local own = helper.script [[
      return { name = "own", en = "Is it there?", values = { "address" }, ask = function(subject) return { address = subject.address } end }
    ]]
    assert.same({ "own\n  address  10.0.0.2\n", 0 }, { tcplab("probe " .. own) })
    local wrong = helper.script [[
      return { name = "wrong", en = "Does it speak?", values = {}, ask = function(subject) return subject.hand:expect("DATA", 1) end }
    ]]
    local output, code = tcplab("probe " .. wrong)
    assert.equal(1, code)
    assert.is_truthy(output:find("^tcplab: wrong: .*the segment did not come"), output)
  end)

  it("answers a question, a file or a profile that is not there with 2", function()
    local output, code = tcplab "probe sin"
    assert.equal(2, code)
    assert.is_truthy(output:find('^tcplab: there is no question "sin"; did you mean "syn"%? '), output)
    output, code = tcplab "probe --against linus"
    assert.equal(2, code)
    assert.is_truthy(output:find('^tcplab: profile: there is no "linus"; did you mean "linux"%? '), output)
    output, code = tcplab "probe ./not_there.lua"
    assert.equal(2, code)
    assert.is_truthy(output:find("not_there.lua", 1, true), output)
  end)

  it("saves answers, takes them for a subject, and holds others against them", function()
    local folder = helper.folder()
    local path = folder .. "/sheet.json"
    helper.shell(("%s/tcplab probe opening abort --profile linux-6.1 --json >%s"):format(helper.build, path))
    local output, code = tcplab(("probe abort --sheet %s"):format(path))
    assert.equal(0, code)
    assert.matches("^abort\n  flags   R.\n  seq     1\n  ack     11\n  window  %d+\n$", output)
    assert.same({ "nothing differs\n", 0 }, { tcplab(("probe --sheet %s --against linux-6.1"):format(path)) })
    assert.same({ "nothing differs\n", 0 }, { tcplab(("probe abort syn_retries --profile linux-6.1 --against %s"):format(path)) })
    output, code = tcplab(("probe --sheet %s --against linux-6.12"):format(path))
    assert.equal(1, code)
    assert.is_truthy(output:find "^syn_retries times\n  linux%-6%.1   1%.%d+, 3%.")
  end)

  it("refuses a file that is no sheet with 2", function()
    local path = helper.write(helper.folder() .. "/sheet.json", '{"subject": "x", "answers": 5}')
    for _, words in ipairs { "--sheet", "--profile-from", "syn --against" } do
      local output, code = tcplab(("probe %s %s"):format(words, path))
      assert.same({ ("tcplab: %s is no sheet of answers: answers: a list expected, got 5\n"):format(path), 2 }, { output, code })
    end
    assert.equal(2, select(2, tcplab "probe --sheet ./nothing.json"))
  end)

  it("writes what answers determine as a table that a host plays", function()
    local folder = helper.folder()
    local device = helper.write(folder .. "/device.json", probe.text(probe.ask({ base = "linux", initial_window = 3 }, { "initial_window", "syn" })))
    local output, code = tcplab("probe --profile-from " .. device)
    assert.equal(0, code)
    assert.is_truthy(output:find("  initial_window = 3, -- initial_window: segments 3; bytes 4344\n", 1, true), output)
    local profile = assert(load(output))()
    assert.same({ segments = 3, bytes = 4344 }, probe.ask(profile, { "initial_window" })[1].values)
  end)

  it("lets no word of a file out of its comment", function()
    local text = probe.text { subject = "x\nos.exit(9) --", failed = {}, left_out = {},
      { question = "abort", order = { "flags" }, values = { flags = "R\nos.exit(9) --" } } }
    local output = tcplab("probe --profile-from " .. helper.write(helper.folder() .. "/device.json", text))
    for line in output:gmatch "[^\n]+" do
      assert.is_truthy(line:find "^%-%- " or line == "return {" or line:find "^  %w+ = .*, %-%- " or line == "}", line)
    end
  end)

  it("prints what every profile answers, and files say, a table a question, those that answer alike in one row", function()
    local path = helper.write(helper.folder() .. "/device.json", probe.text { subject = "a | b", failed = {}, left_out = {},
      { question = "abort", order = { "flags" }, values = { flags = "R|\n" } } })
    local output, code = tcplab(("probe abort --lang zh --table %s"):format(path))
    assert.equal(0, code)
    assert.is_truthy(output:find("\n## abort\n\n收到并确认 10 字节之后，", 1, true), output)
    assert.is_truthy(output:find("\n| | flags | seq | ack | window |\n|---|---|---|---|---|\n", 1, true), output)
    assert.is_truthy(output:find("\n| rfc9293, freebsd, rfc793 | R | 1 | none | 0 |\n", 1, true), output)
    assert.is_truthy(output:find("\n| a \\| b | R\\|? | none | none | none |\n", 1, true), output)
  end)

  it("saves what was said, of several questions each by its name", function()
    local folder = helper.folder()
    assert.equal(0, select(2, tcplab(("probe abort --save %s/said.txt"):format(folder))))
    assert.matches("RST", helper.read(folder .. "/said.txt"))
    assert.equal(0, select(2, tcplab(("probe abort syn --profile linux --save %s/said.pcapng"):format(folder))))
    assert.same({ "said-abort.pcapng", "said-syn.pcapng" }, {
      helper.read(folder .. "/said-abort.pcapng"):sub(1, 4) == "\x0a\x0d\x0d\x0a" and "said-abort.pcapng",
      helper.read(folder .. "/said-syn.pcapng"):sub(1, 4) == "\x0a\x0d\x0d\x0a" and "said-syn.pcapng",
    })
    local own = helper.script [[
      return { name = "wrong", en = "Does it speak?", values = {}, ask = function(subject)
        subject.hand:conversation(subject.address, 81):send { flags = "S", seq = 0 }
        error "no"
      end }
    ]]
    assert.equal(1, select(2, tcplab(("probe %s --save %s/wrong.txt"):format(own, folder))))
    assert.matches("SYN", helper.read(folder .. "/wrong.txt")) -- what was said before it failed
    assert.equal(2, select(2, tcplab "probe abort --save said.doc"))
  end)

  it("asks one at a time, and says who is meant twice", function()
    local output, code = tcplab "probe --profile linux --kernel"
    assert.same({ "tcplab: --profile and --kernel: one of them can be asked at a time\n", 2 }, { output, code })
    assert.equal(2, select(2, tcplab "probe --server 192.0.2.1"))
    assert.equal(2, select(2, tcplab "probe --client 0"))
    assert.equal(2, select(2, tcplab "probe --jobs 0"))
  end)

  it("takes no word behind --kernel for its version #live", function()
    helper.need "namespace"
    local output = helper.tcplab "probe --kernel closed_port"
    assert.is_truthy(output:find("closed_port\n  syn   R., 0, 1\n", 1, true), output)
  end)

  it("says first how long the kernel will take, and at the end what is nearest to it #live", function()
    helper.need "namespace"
    local output, code = helper.shell(("%s/tcplab probe --kernel closed_port initial_window"):format(helper.build))
    assert.equal(0, code)
    assert.matches("tcplab: 2 questions of this machine's kernel, in namespaces of their own, about 1 s %(until %d%d:%d%d:%d%d%)\n", output)
    assert.matches("\nnearest: [%w.-]+, where 0 of 4 values differ\n", output)
  end)

  it("answers the same whatever the order, and one at a time #live", function()
    helper.need "namespace"
    local function answers(words)
      local list = json.decode((helper.shell(("%s/tcplab probe --kernel --json %s 2>/dev/null"):format(helper.build, words)))).answers
      local values = {}
      for _, each in ipairs(list) do values[each.question] = each.values end
      return values
    end
    local first = answers "syn closed_port abort syn_ack initial_window"
    assert.same(first, answers "initial_window syn_ack abort closed_port syn --jobs 1")
  end)

  -- The processes that a probe has begun, once all are there; and the namespaces that they are in.
  local function children(pid, count)
    for _ = 1, 100 do
      local list = helper.shell(("grep -ls '^PPid:.%s$' /proc/[0-9]*/status"):format(pid)):gsub("[^%d]+", " ")
      if select(2, list:gsub("%d+", "")) >= count then return list end
      helper.shell "sleep 0.05"
    end
    error "they did not come"
  end

  local function is_over(pids)
    for _ = 1, 100 do
      if helper.shell(("for p in %s; do kill -0 $p 2>/dev/null && echo $p; done"):format(pids)) == "" then return true end
      helper.shell "sleep 0.05"
    end
  end

  local function namespaces(pids)
    local words = pids:gsub("%d+", "/proc/%0/ns/net")
    return helper.shell("sleep 0.2; readlink " .. words .. " | sort -u")
  end

  it("leaves no process, namespace or device behind, whatever ends it #live", function()
    helper.need "namespace"
    for _, signal in ipairs { "INT", "TERM", "KILL" } do
      local out = helper.folder() .. "/out"
      local begun = "env --default-signal=INT %s/tcplab probe --kernel syn_retries fin_timeout >%s 2>&1 & echo $!"
      local pid = helper.shell(begun:format(helper.build, out)):match "%d+"
      local both = children(pid, 2)
      local own = namespaces(both)
      assert.equal(2, select(2, own:gsub("net:", "")))
      helper.shell(("kill -%s %s"):format(signal, pid))
      assert.is_true(is_over(pid .. " " .. both), signal)
      local left = helper.shell "readlink /proc/[0-9]*/ns/net 2>/dev/null"
      for each in own:gmatch "net:%[%d+%]" do assert.is_nil(left:find(each, 1, true), signal) end
      if signal == "INT" then assert.matches("tcplab: interrupted\n$", helper.read(out)) end
    end
  end)

  it("tells a question of the kernel that raises, and leaves nothing behind #live", function()
    helper.need "namespace"
    local pids = helper.folder() .. "/pids"
    local wrong = helper.script(([[
      return { name = "wrong", en = "?", values = {}, ask = function()
        local file = assert(io.open("%s", "a"))
        file:write(io.open "/proc/self/stat":read "n", "\n")
        file:close()
        if select(2, require "tcplab".tun { address = "10.9.1.1/24" }) then return {} end
        error "no such luck"
      end }
    ]]):format(pids))
    local output, code = helper.tcplab("probe --kernel " .. wrong)
    assert.equal(1, code)
    assert.matches("tcplab: wrong: .*no such luck", output)
    assert.is_true(is_over((helper.read(pids):match "(%d+)\n$")))
  end)

  it("says what is missing, and what can be asked without, where there is no right #live", function()
    helper.need "namespace"
    helper.need("setpriv", "Debian package util-linux")
    if helper.shell "id -u" ~= "0\n" then return end
    local command = "unshare --mount sh -c 'mount -t tmpfs none /dev/net && exec %s/tcplab probe --kernel syn'"
    local output, code = helper.shell(command:format(helper.build))
    assert.equal(3, code, output)
    assert.matches("tcplab: there is no /dev/net/tun: load the driver", output)
    assert.matches("\nwithout it: the profiles in a lab", output)
  end)
end)
