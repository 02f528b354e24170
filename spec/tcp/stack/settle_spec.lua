-- SPDX-License-Identifier: MIT
-- From Lua no policy can let go of a connection; a driver in C can, and it is one that is tried: with what it needs of the protocol alone.
local helper = require "spec.helper"

describe("what a verb ends with", function()
  it("waits while a policy runs: what that lets go stays what it is until the verb is over", function()
    local program = helper.build .. "/settle"
    local sanitize = os.getenv "TCPLAB_PRELOAD" and " -fsanitize=address,undefined" or ""
    helper.need "cc"
    local output, code = helper.shell("cc -std=c11" .. sanitize .. " -o " .. helper.quote(program) .. " spec/tcp/stack/settle.c "
      .. helper.quote(helper.build .. "/libtcplab-tcp.a"))
    assert.equal(0, code, output)
    output, code = helper.shell("unset LD_PRELOAD; ASAN_OPTIONS=detect_leaks=0 " .. program)
    assert.equal(0, code, output)
    assert.equal("no error, SYN-SENT, a SYN\n", output)
  end)
end)
