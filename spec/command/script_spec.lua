-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local exit = require "tcplab.command.exit"
local run = require "tcplab.command.script"
local settings = require "tcplab.base.settings"

local function script(text) return helper.write(helper.folder() .. "/script.lua", text) end

describe("a script run for the command line", function()
  after_each(function()
    for _, name in ipairs { "seed", "color", "language", "on_network", "on_close" } do settings[name] = nil end
  end)

  it("ends with 0 when nothing went wrong", function()
    assert.equal(exit.FINE, run.script { script = script "assert(... == 'a')", arguments = { "a" } })
  end)

  it("hands the seed and the colours on to what it loads", function()
    local path = script "local s = require 'tcplab.base.settings' assert(s.seed == 5 and s.color == false)"
    assert.equal(exit.FINE, run.script { script = path, arguments = {}, seed = 5, color = false })
    assert.same({ 5, false }, { settings.seed, settings.color })
  end)

  it("sends what the script prints to standard error when it is to be quiet, and only then", function()
    local path = helper.quote(script "print('one', nil) io.write 'two'")
    local program = "local output = arg[2] == 'quiet' and io.stderr or nil " ..
      "require 'tcplab.command.script'.script { script = arg[1], arguments = {}, output = output } print 'end'"
    local function printed(word)
      local paths = ("LUA_PATH='lua/?.lua;lua/?/init.lua;;' LUA_CPATH='%s/lib/?.so;;'"):format(helper.build)
      return (helper.shell(("%s lua5.4 - %s %s 2>/dev/null <<'END'\n%s\nEND"):format(paths, path, word, program)))
    end
    assert.equal("end\n", printed "quiet")
    assert.equal("one\tnil\ntwoend\n", printed "loud")
  end)

  it("tells how it ended, once, also when the script exits by itself", function()
    local real_exit, told = os.exit, {}
    os.exit = function(status) error(("exit %s"):format(status), 0) end -- luacheck: ignore 122
    local ok, message = pcall(run.script, {
      script = script "os.exit(false)", arguments = {}, finish = function(_, code) told[#told + 1] = code end,
    })
    os.exit = real_exit -- luacheck: ignore 122
    assert.same({ exit.FAILED }, told)
    assert.is_true(ok, message)
  end)

  it("keeps no network alive that nobody asks about", function()
    local path = script [[
      local weak = setmetatable({}, { __mode = "k" })
      for _ = 1, 3 do weak[require("tcplab").lab {}] = true end
      collectgarbage() collectgarbage()
      assert(next(weak) == nil)
    ]]
    assert.equal(exit.FINE, run.script { script = path, arguments = {} })
  end)
end)
