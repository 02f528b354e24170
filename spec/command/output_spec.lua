-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

local COMMAND <const> = helper.build .. "/tcplab "

-- What the command says on standard error, and its code, when nothing can be written to standard output.
local function full(arguments) return helper.shell("{ " .. COMMAND .. arguments .. " 2>&1 >&3; } 3>/dev/full") end

describe("standard output", function()
  it("that is full is told of, once, whatever was to be printed, and fails", function()
    for _, arguments in ipairs { "list", "list --json", "machine --dot", "show handshake", "run handshake", "run --json handshake 2>/dev/null",
      "ss handshake", "--version", "run " .. helper.script "io.write 'no line' os.exit(true)" } do
      local output, code = full(arguments)
      assert.equal(1, code, arguments .. ": " .. output)
      if not arguments:find "/dev/null" then assert.equal("tcplab: standard output: No space left on device\n", output, arguments) end
    end
  end)

  it("that is full leaves other codes as they are", function()
    assert.equal(7, select(2, full("run " .. helper.script "print 'x' os.exit(7)")))
  end)

  it("may be closed by the script", function()
    assert.same({ "", 0 }, { helper.shell(COMMAND .. "run " .. helper.script "io.stdout:close()") })
  end)
end)
