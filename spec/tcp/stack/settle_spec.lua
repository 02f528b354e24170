-- SPDX-License-Identifier: MIT
-- From Lua no policy can let go of a connection; a driver in C can.
local helper = require "spec.helper"

describe("what a verb ends with", function()
  it("waits while a policy runs: what that lets go stays what it is until the verb is over", function()
    assert.same({ "no error, SYN-SENT, a SYN\n", 0 }, { helper.shell(helper.program "spec/tcp/stack/settle.c") })
  end)
end)
