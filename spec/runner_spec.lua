-- SPDX-License-Identifier: MIT
-- spec/run.lua, over small spec files made for it.
local helper = require "spec.helper"

-- A checkout whose spec files are these, by name, in a folder with a space in its name: its path, quoted.
local function checkout(files)
  local folder = helper.folder() .. "/a b"
  local output, code = helper.shell(([[
    mkdir -p "%s/spec/io" && for part in .busted spec/tools spec/run.lua; do ln -s "$PWD/$part" "%s/$part" || exit; done]]):format(folder, folder))
  assert.equal(0, code, output)
  for name, text in pairs(files) do helper.write(folder .. "/spec/" .. name, text) end
  return helper.quote(folder)
end

local RUN <const> = "unset TCPLAB_BUILD TCPLAB_PRELOAD LD_PRELOAD; cd %s && lua5.4 spec/run.lua %s"

-- What the command prints in that checkout, and its exit code.
local function run(folder, arguments) return helper.shell(RUN:format(folder, arguments or "")) end

local function last_line(output) return output:match "([^\n]*)\n$" end

local PASSES <const> = 'it("holds", function() end)'

describe("the runner of specs", function()
  it("counts over all files, and ends with the counts alone", function()
    local output, code = run(checkout { ["a_spec.lua"] = PASSES, ["b_spec.lua"] = PASSES .. ' it("waits", function() pending "later" end)' })
    assert.equal("2 passed, 0 failed, 1 skipped", last_line(output))
    assert.equal(0, code)
    assert.is_truthy(output:find "^%+%+%.\n")
    assert.is_truthy(output:find("b_spec.lua:1: later", 1, true), output)
  end)

  it("tells of a spec that fails, and goes on", function()
    local output, code = run(checkout { ["a_spec.lua"] = 'it("fails", function() error "oh" end)', ["b_spec.lua"] = PASSES })
    assert.equal("1 passed, 1 failed, 0 skipped", last_line(output))
    assert.equal(1, code)
    assert.is_truthy(output:find("a_spec.lua:1: oh", 1, true), output)
  end)

  it("names the file and the spec in which a process dies, and counts what it had passed", function()
    local dies = PASSES .. ' it("dies", function() os.execute "kill -KILL $PPID" end)'
    local output, code = run(checkout { ["a_spec.lua"] = dies, ["b_spec.lua"] = PASSES })
    assert.equal("2 passed, 1 failed, 0 skipped", last_line(output))
    assert.equal(1, code)
    assert.is_truthy(output:find("\nspec/a_spec.lua: ended early (signal 9), in: dies\n", 1, true), output)
  end)

  it("takes a file that exits in the middle for one that failed, whatever its code", function()
    local output, code = run(checkout { ["a_spec.lua"] = 'it("exits", function() os.exit(0) end)' })
    assert.equal("0 passed, 1 failed, 0 skipped", last_line(output))
    assert.equal(1, code)
    assert.is_truthy(output:find("\nspec/a_spec.lua: ended early (exit 0), in: exits\n", 1, true), output)
  end)

  it("loses no file whose job as a whole is gone", function()
    local ends = [[it("ends the job", function() os.execute "kill -KILL $(cut -d' ' -f4 /proc/$PPID/stat) $PPID" end)]]
    local output, code = run(checkout { ["a_spec.lua"] = ends, ["b_spec.lua"] = PASSES }, "--jobs=1")
    assert.is_truthy(output:find("\nspec/a_spec.lua: ended early, in: ends the job\n", 1, true), output)
    assert.equal(1, code)
  end)

  it("counts errors outside of specs: a file that raises, one that does not parse, one that is not there", function()
    for _, text in ipairs { 'error "oh"', "local = 1", "setup(function() error 'oh' end) " .. PASSES } do
      local output, code = run(checkout { ["a_spec.lua"] = text, ["b_spec.lua"] = PASSES })
      assert.equal("1 passed, 1 failed, 0 skipped", last_line(output))
      assert.equal(1, code)
      assert.is_truthy(output:find("a_spec.lua", 1, true), output)
    end
    local output, code = run(checkout {}, "spec/no_spec.lua")
    assert.equal("0 passed, 1 failed, 0 skipped", last_line(output))
    assert.equal(1, code)
    assert.is_truthy(output:find("spec/no_spec.lua", 1, true), output)
  end)

  it("fails when there was nothing to run", function()
    local output, code = run(checkout {})
    assert.is_truthy(output:find "\nno spec was run\n0 passed, 1 failed, 0 skipped\n$")
    assert.equal(1, code)
  end)

  it("prints the same in the same order however many files run at once", function()
    local files = {}
    for i = 1, 9 do
      files[i .. "_spec.lua"] = ('it("prints %d", function() os.execute "sleep 0.0%d" print(%d) end) it("fails", function() error(%d, 0) end)')
        :format(i, 9 - i, i, i)
    end
    local folder = checkout(files)
    local output = run(folder, "--jobs=1")
    assert.is_truthy(output:find("1\n+*2\n+*3\n", 1, true), output)
    assert.equal(output, (run(folder, "--jobs=9")))
  end)

  it("runs so many files at once as it is told: each waits here for the other", function()
    local function waits_for(other, own)
      return ([[it("meets", function()
        local folder = debug.getinfo(1, "S").source:match "^@(.*)/"
        io.open(folder .. "/%s", "w"):close()
        repeat local file = io.open(folder .. "/%s") os.execute "sleep 0.01" until file
      end)]]):format(own, other)
    end
    local output, code = run(checkout { ["a_spec.lua"] = waits_for("here", "there"), ["b_spec.lua"] = waits_for("there", "here") }, "--jobs=2")
    assert.equal("2 passed, 0 failed, 0 skipped", last_line(output))
    assert.equal(0, code)
  end)

  it("shows with -v what each file took of the processor's time", function()
    local output = run(checkout { ["a_spec.lua"] = PASSES, ["b_spec.lua"] = PASSES }, "-v")
    assert.is_truthy(output:find "^%+ spec/a_spec%.lua %d+%.%d%d s\n%+ spec/b_spec%.lua %d+%.%d%d s\n")
  end)

  it("hands busted's options on", function()
    local folder = checkout { ["a_spec.lua"] = PASSES .. ' it("is left out #odd", function() end)' }
    assert.equal("1 passed, 0 failed, 0 skipped", last_line((run(folder, "--exclude-tags=odd"))))
    assert.equal("1 passed, 0 failed, 0 skipped", last_line((run(folder, "--tags=odd"))))
  end)

  it("leaves after a run of all specs their outcomes, in the files' order, and nothing else of its own", function()
    local folder = checkout { ["b_spec.lua"] = 'it("b", function() end)', ["a_spec.lua"] = 'it("a", function() end)' }
    local function left() return (helper.shell("cd " .. folder .. "/build && grep success specs.txt; find . -path '*run*'")) end
    run(folder, "-v")
    assert.equal("success a\nsuccess b\n", left())
    run(folder, "spec/b_spec.lua")
    assert.equal("success a\nsuccess b\n", left())
  end)

  it("leaves no outcomes of a run that a process did not live to end", function()
    local folder = checkout { ["a_spec.lua"] = 'it("dies", function() os.exit(0) end)' }
    run(folder)
    assert.equal(2, select(2, helper.shell("ls " .. folder .. "/build/specs.txt")))
  end)

  it("leaves out spec/io and what leaves virtual time when it is told to", function()
    local folder = checkout { ["io/a_spec.lua"] = PASSES, ["b_spec.lua"] = PASSES .. ' it("is #live", function() end)' }
    assert.equal("3 passed, 0 failed, 0 skipped", last_line((run(folder))))
    assert.equal("1 passed, 0 failed, 0 skipped", last_line((run(folder, "--virtual"))))
  end)

  -- The order in which one job after another takes up the files.
  local function order(folder)
    run(folder, "--jobs=1")
    return (helper.shell(("cd %s; cat order; rm order"):format(folder)))
  end

  it("begins with what took longest the last time, and the largest of what it does not know before that", function()
    local function notes(name, work) return ('it("works", function() os.execute "echo %s >>order" %s end)'):format(name, work) end
    local large = "--[[" .. ("x"):rep(99) .. "]]"
    local folder = checkout { ["a_spec.lua"] = notes("quick", large), ["b_spec.lua"] = notes("slow", "for _ = 1, 5e7 do end") }
    assert.equal("quick\nslow\n", order(folder))
    helper.write(folder:sub(2, -2) .. "/spec/c_spec.lua", notes("new", ""))
    assert.equal("new\nslow\nquick\n", order(folder))
  end)

  it("ends its files' processes when it is interrupted", function()
    local forever = 'it("goes on", function() os.execute "echo $PPID >>pids" while true do end end) '
    local folder = checkout { ["a_spec.lua"] = forever .. forever }
    local output = helper.shell(([[setsid env --default-signal=INT sh -c %s >/dev/null 2>&1 & whole=$!
      cd %s; until [ -s pids ]; do sleep 0.05; done
      kill -INT -$whole; wait $whole
      tries=0; while kill -0 $(cat pids) && [ $((tries += 1)) -lt 1000 ]; do sleep 0.05; done 2>/dev/null
      kill -KILL $(cat pids) 2>/dev/null && echo "it goes on"
      find build/tmp -name 'run.*']]):format(helper.quote(RUN:format(folder, "")), folder))
    assert.equal("", output)
  end)
end)
