-- SPDX-License-Identifier: MIT
require "spec.helper"
local code = require "tcplab.packetdrill.code"

local VALUES <const> = { tcpi_snd_cwnd = 10, tcpi_rtt = 15000, TCP_CA_Open = 0 }

-- "": it holds; else the kind of verdict and its message.
local function run(source, variables)
  local ok, problem = pcall(code.run, source, variables or {}, function(name) return VALUES[name] end)
  if ok then return "" end
  assert.is_table(problem, tostring(problem))
  return problem.kind .. ": " .. problem.message
end

describe("the code of scripts", function()
  it("asserts: comparisons in chains, arithmetic, sets of bits, and, or, not", function()
    for _, source in ipairs {
      "assert tcpi_snd_cwnd == 10, tcpi_snd_cwnd", "assert 10000 <= tcpi_rtt <= 20000, 'rtt=%d' % tcpi_rtt", "assert 7 // 2 == 3 and 7 % 2 == 1",
      "assert (6 & 2) != 0 and 1 | 4 == 5", "assert not (1 > 2) or nothing", "assert min(3, 2) == 2; assert -2 + 5 == 3", "assert 0x10 == 16",
      "x = 2\ny = x * 3 # three times\nassert y == 6", "assert 1 == 1, \\\n 2", "assert 1 << 4 == 16 and 5 ^ 1 == 4",
    } do
      assert.equal("", run(source), source)
    end
  end)

  it("says which assertion does not hold, and what it says itself", function()
    local ok, problem = pcall(code.run, "assert tcpi_snd_cwnd == 11, 'cwnd=%d' % tcpi_snd_cwnd", {}, function(name) return VALUES[name] end)
    assert.is_false(ok)
    assert.same({ "failed", "assert tcpi_snd_cwnd == 11", "cwnd=10" }, { problem.kind, problem.expected, problem.actual })
  end)

  it("keeps what it sets for the code that follows", function()
    local variables = {}
    assert.equal("", run("cwnd = 10", variables))
    assert.equal("", run("cwnd += 2; assert cwnd == 12", variables))
  end)

  it("reports what it cannot do as unsupported", function()
    assert.equal("unsupported: the name tcpi_strange in code", run "assert tcpi_strange == 1")
    assert.equal("unsupported: this code: import os", run "import os")
    assert.equal("unsupported: this code: while True: pass", run "while True: pass")
    assert.equal("unsupported: the function open in code", run "open('/etc/passwd')")
  end)

  it("bounds its numbers and its depth", function()
    assert.equal("unsupported: this code: x = 9 ** 9 ** 9", run "x = 9 ** 9 ** 9")
    assert.equal("unsupported: a shift by more than 62 bits in code", run "x = 1 << 100000")
    assert.is_truthy(run("x = 4611686018427387904 * 4611686018427387904"):find "beyond 2%^62")
    assert.is_truthy(run("x = " .. ("("):rep(5000) .. "1"):find "more than 40 brackets")
    assert.equal("failed: the code divides by zero", run "x = 1 / 0")
  end)
end)
