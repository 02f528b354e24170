-- SPDX-License-Identifier: MIT
-- A command that goes on inside of a kernel on a virtual clock: what it sees there, what comes out, and what is left behind.
local helper = require "spec.helper"

-- A spec of such a kernel; skipped, and said so, where there is none.
local function virtual(name, check)
  it(name .. " #live #realtime", function()
    helper.need("kernel", "make kernel")
    check()
  end)
end

-- What a script prints inside, and its exit code. `words` follow the script's name; `before` stands before the command, `after` after it.
local function run(text, words, before, after)
  local command = ("%s %s/tcplab run %s --kernel=any %s %s"):format(before or "", helper.build, helper.script(text), words or "", after or "")
  return helper.shell(command)
end

-- The folders and processes of kernels that are left of those that had this one for their folders.
local function left(folder)
  local command = "ls -d %s/tcplab-?????? 2>/dev/null; ls -l /proc/[0-9]*/cwd 2>/dev/null | grep -F %s/tcplab-"
  return (helper.shell(command:format(folder, folder)))
end

-- As a user without rights, where we have any.
local function as_user(command)
  local _, code = helper.shell "test $(id -u) = 0"
  return code == 0 and "setpriv --reuid=65534 --regid=65534 --clear-groups " .. command or command
end

describe("inside of a kernel", function()
  virtual("a command has its words, its folder, its environment, its streams and its exit code", function()
    local output, code = run([[
      print(require "tcplab.uml.enter".inside() ~= nil, ...)
      io.stderr:write("errors\n")
      print(io.read "a", os.getenv "WORD", io.popen "pwd":read "l")
      os.exit(7)
    ]], "'a  b' c", "echo input | WORD='two words'", "2>/dev/null")
    local folder = helper.shell "pwd -P":gsub("\n", "")
    assert.equal("true\ta  b\tc\ninput\n\ttwo words\t" .. folder .. "\n", output)
    assert.equal(7, code)
  end)

  virtual("standard error stays apart, or in its place among the output", function()
    local text = [[print "one" io.stdout:flush() io.stderr:write "two\n" print "three"]]
    assert.equal("one\ntwo\nthree\n", (run(text)))
    assert.equal("two\n", (run(text, "", "", "2>&1 >/dev/null")))
  end)

  virtual("files are the machine's, with the user's rights on them", function()
    local folder = helper.folder()
    assert.equal("nil\n", (run(([[
      local file <close> = assert(io.open(%q, "w"))
      file:write "saved"
      print((io.open("/etc/tcplab.none/file", "w")))
    ]]):format(folder .. "/saved"))))
    assert.equal("saved", helper.read(folder .. "/saved"))
  end)

  virtual("an hour takes no time, and a day is as it was the last time", function()
    local text = [[
      local net <close> = assert(require "tcplab".kernel())
      net:sleep(3600)
      print(net:now() // 1 | 0, os.date("!%F %T"))
    ]]
    assert.equal("3600\t2026-01-01 01:00:00\n", (run(text)))
  end)

  virtual("a run is the same each time, and another with another seed", function()
    local script = helper.script [[
      local net = assert(require "tcplab".kernel())
      local kernel, ours = net:host("kernel", { kernel = true }), net:host("ours", { address = "10.9.0.2" })
      local listener = ours:listen(80)
      for i = 1, 3 do
        local conn = assert(kernel:connect(ours, 80))
        conn:send(("x"):rep(1000 * i))
        assert(listener:accept()):receive(1000 * i)
      end
      print(net.trace:hash())
    ]]
    local function hash(words) return (helper.tcplab("run " .. script .. " --kernel=any " .. words)) end
    local first = hash ""
    assert.equal(first, hash "")
    assert.equal(hash "--seed 5", hash "--seed 5")
    assert.are_not.equal(first, hash "--seed 5")
    assert.is_truthy((helper.tcplab("run " .. script .. " --kernel=any --twice")):find("identical: ", 1, true))
  end)

  virtual("interrupts reach the command, also while it computes; a request to end ends it all", function()
    local memory = helper.folder()
    local function interrupted(signal, text)
      local folder = helper.folder()
      local script = helper.write(folder .. "/script.lua", text)
      local command = [[{ TMPDIR=%s %s/tcplab run %s --kernel=any >%s/out 2>&1 </dev/null & }
        for i in $(seq 600); do grep -q begun %s/out && break; sleep 0.05; done
        kill -%s $!; wait $!; echo "exit $?"; cat %s/out]]
      return (helper.shell(command:format(memory, helper.build, script, folder, folder, signal, folder)))
    end
    local forever = 'io.stdout:write "begun\\n":flush() while true do end'
    local told = interrupted("INT", forever) -- where the kernel gives the signal no time, all ends after a while
    assert.is_truthy(told:find "^exit 1\n.*interrupted!" or told:find "^exit 130\n", told)
    assert.is_truthy(interrupted("TERM", forever):find "^exit 143\n")
    assert.is_truthy(interrupted("INT", [[
      local net = assert(require "tcplab".kernel())
      io.stdout:write "begun\n":flush()
      print((net:run()))
      os.exit(9)
    ]]):find "^exit 9\n.*stopped")
    assert.is_truthy(interrupted("KILL", forever):find "exit 137\n")
    helper.shell "sleep 0.5"
    assert.equal("", left(memory))
  end)

  virtual("standard input comes as it is sent, and to its end", function()
    local output = run([[print(io.read(), #io.read "a")]], "", "{ echo first; sleep 0.5; head -c 100000 /dev/zero; } |")
    assert.equal("first\t100000\n", output)
    assert.equal("in a file\n", (run([[print((io.read()))]], "", "", "<" .. helper.write(helper.folder() .. "/input", "in a file\n"))))
  end)

  virtual("what cannot be written is told outside", function()
    local output, code = run([[print "lost"]], "", "", ">/dev/full")
    assert.equal("tcplab: standard output: No space left on device\n", output)
    assert.equal(1, code)
    output, code = run([[for _ = 1, 100000 do print "again" end]], "", "", "| head -1")
    assert.equal("again\n", output)
    assert.equal(0, code)
  end)

  virtual("a user without any right has one of his own", function()
    local folder = helper.folder()
    helper.shell("chmod 755 " .. folder)
    local script = helper.write(folder .. "/script.lua", [[
      local net = assert(require "tcplab".kernel())
      local kernel, ours = net:host("kernel", { kernel = true }), net:host("ours", { address = "10.9.0.2" })
      ours:listen(80)
      print(assert(kernel:connect(ours, 80)).state, (io.open("/etc/shadow")))
    ]])
    local image = helper.shell([[ls -t ${XDG_CACHE_HOME:-$HOME/.cache}/tcplab/linux-* | head -1]]):gsub("%s+$", "")
    helper.shell(("cp %s %s/linux; chmod 755 %s/linux"):format(helper.quote(image), folder, folder))
    local output, code = helper.shell(as_user(("env HOME=/nonexistent %s/tcplab run %s --kernel=%s/linux"):format(helper.build, script, folder)))
    assert.equal("ESTABLISHED\tnil\n", output)
    assert.equal(0, code)
  end)

  virtual("functions run one after another, each in a kernel of its own, and return or raise", function()
    local output, code = helper.tcplab("run " .. helper.script [[
      local tcplab = require "tcplab"
      for i = 1, 2 do
        print(tcplab.inside({ version = "any" }, function(a, b)
          return require "tcplab".kernel():host("kernel", { kernel = true }):getoption "net.ipv4.tcp_syn_retries", a, b
        end, i, "two\n"))
      end
      print(pcall(tcplab.inside, { version = "any" }, function() error("no", 0) end))
      print(pcall(tcplab.inside, { version = "any" }, function() os.exit(3) end))
    ]])
    assert.equal("6\t1\ttwo\n\n6\t2\ttwo\n\nfalse\tno\nfalse\tthe process inside of the kernel ended without an answer\n",
      (output:gsub("stack traceback:.-\nfalse", "false"):gsub("no\n.-false", "no\nfalse")))
    assert.equal(0, code)
  end)

  virtual("experiments show that the profile of a kernel is as the kernel is, and that one version is not as another", function()
    for _, name in ipairs { "genuine", "versions" } do
      local output, code = helper.tcplab("run " .. name .. " --no-color")
      if code == 3 or output:find "has not been built" then return end
      assert.equal(0, code, output)
      output, code = helper.tcplab("run " .. name .. " without --lang zh")
      assert.equal(1, code, output)
    end
  end)

  virtual("a probe asks all its questions of it, those whose timers take hours too", function()
    local output, code = helper.tcplab "probe --kernel=any --json"
    assert.equal(0, code, output)
    assert.is_truthy(output:find('"failed":[]', 1, true), output)
    assert.is_truthy(output:find('"ETIMEDOUT"', 1, true))
  end)

  virtual("one kernel holds no other", function()
    local output, code = run [[print(require "tcplab".kernel { version = "2.4" })]]
    assert.is_truthy(output:find "^nil\tthis process is inside of Linux %d[%d.]* already, and cannot be inside of 2.4\tEBUSY\n$", output)
    assert.equal(0, code)
  end)

  it("is no place for a command where there is none, and the command says why", function()
    local output, code = helper.tcplab("run handshake --kernel=any", "XDG_CACHE_HOME=/nonexistent")
    assert.equal("tcplab: no Linux has been built for tcplab (make kernel): there is none in /nonexistent/tcplab\n", output)
    assert.equal(3, code)
  end)
end)
