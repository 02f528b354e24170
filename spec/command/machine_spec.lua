-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

local tcplab = helper.tcplab
local script = helper.script

describe("tcplab machine", function()
  it("prints the table, a line for each cell that can occur", function()
    local output, code = tcplab "machine"
    assert.equal(0, code)
    assert.is_truthy(output:find "LISTEN +SEG%-SYN +SYN%-RECEIVED", output)
    local cells = 0
    for _, row in ipairs(require("tcplab").machine) do cells = cells + (row.occurs and 1 or 0) end
    assert.is_true(cells > 300)
    assert.equal(cells, select(2, output:gsub("\n", "")))
  end)

  it("tells it as JSON, and which cells a script ran, and how often", function()
    local json = require "dkjson"
    local cells = json.decode((tcplab "machine --json"))
    assert.is_true(#cells > 300)
    local output, code = tcplab "machine --coverage teardown 2>/dev/null"
    assert.equal(0, code)
    assert.is_truthy(output:find "\n +1  FIN%-WAIT%-1 +SEG%-ACK%-of%-our%-FIN +FIN%-WAIT%-2 ", output)
    local ran, of = output:match "\n(%d+) cells of (%d+) ran\n$"
    assert.equal(#cells, tonumber(of))
    local counted = json.decode((tcplab "machine --coverage teardown --json 2>/dev/null"))
    assert.equal(tonumber(ran), #counted)
    assert.equal(1, counted[1].count)
    output = tcplab("machine --coverage " .. script "print(...)" .. " one -- --two")
    assert.equal("one\t--two\n0 cells of", output:match "^.- cells of")
    output, code = tcplab "machine --coverage taerdown"
    assert.equal(2, code)
    assert.is_truthy(output:find("did you mean 'teardown'", 1, true), output)
    assert.equal(1, select(2, tcplab("machine --coverage " .. script "error 'oh'")))
  end)

  it("draws it for Graphviz and for Mermaid", function()
    assert.is_truthy(tcplab "machine --dot":find "^digraph")
    assert.is_truthy(tcplab "machine --mermaid":find "^stateDiagram")
  end)
end)
