-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

local tcplab = helper.tcplab

local GOOD <const> = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 close(3) = 0\n"
local BAD <const> = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 close(3) = 1\n"

-- A folder with a script of each verdict.
local function scripts()
  local folder = helper.folder()
  helper.write(folder .. "/a.pkt", GOOD)
  helper.write(folder .. "/b.pkt", BAD)
  helper.write(folder .. "/c.pkt", "+0 `reboot`\n")
  helper.write(folder .. "/d.pkt", "0 socket(\n")
  helper.write(folder .. "/e.txt", BAD)
  return folder
end

local function sum(output) return (output:gsub(".*\n(%d+ scripts)", "%1")) end

describe("tcplab pkt", function()
  it("tells what did not pass, with file and line, and answers 1 then", function()
    local folder = scripts()
    local output, code = tcplab("pkt " .. folder)
    assert.equal(1, code)
    local shown = "/b.pkt:2: close answers otherwise\n  expected  close(3) = 1\n  actual    close(3) = 0\n"
    assert.is_truthy(output:find("FAILED " .. folder .. shown, 1, true))
    assert.is_truthy(output:find("UNSUPPORTED " .. folder .. "/c.pkt:1: the command reboot\n", 1, true))
    assert.is_truthy(output:find("SYNTAX " .. folder .. "/d.pkt:2:1: expected ", 1, true), output)
    assert.equal("4 scripts: 1 passed, 1 failed, 1 unsupported, 1 with errors of syntax\n", sum(output))
  end)

  it("answers 0 when all pass, and unsupported is no pass", function()
    local folder = scripts()
    assert.equal(0, select(2, tcplab("pkt " .. folder .. "/a.pkt")))
    assert.equal(1, select(2, tcplab("pkt " .. folder .. "/c.pkt")))
  end)

  it("says the same with several processes", function()
    local folder = scripts()
    assert.equal((tcplab("pkt " .. folder)), (tcplab("pkt -j 3 " .. folder)))
  end)

  it("tells results as TAP, as JUnit's XML and as JSON", function()
    local folder = scripts()
    local tap = tcplab("pkt -o tap " .. folder)
    assert.is_truthy(tap:find "^TAP version 13\n1%.%.4\nok 1 %- " and tap:find "\nnot ok 2 %- ")
    local xml = require "spec.xml"
    local junit = tcplab("pkt -o junit " .. folder)
    assert.is_truthy(junit:find 'tests="4" failures="1" errors="2"')
    assert.is_truthy(xml)
    local document = require "dkjson".decode((tcplab("pkt -o json " .. folder)))
    assert.same({ 4, 1, "failed", 2, "close(3) = 1" },
      { document.all, document.passed, document.scripts[2].verdict, document.scripts[2].line, document.scripts[2].expected })
  end)

  it("saves traces", function()
    local folder = scripts()
    tcplab("pkt --trace " .. folder .. " " .. folder .. "/a.pkt")
    assert.is_truthy(helper.shell("ls " .. folder):find "%-a%.pcapng\n")
  end)

  it("takes symbols, and tolerances where a script says nothing", function()
    local folder = helper.folder()
    helper.write(folder .. "/x.pkt", "#ifdef MINE\n" .. GOOD .. "#else\n" .. BAD .. "#endif\n")
    assert.equal(1, select(2, tcplab("pkt " .. folder)))
    assert.equal(0, select(2, tcplab("pkt -D MINE=1 --tolerance_usecs 10 " .. folder)))
  end)

  it("answers 2 where it is used wrongly", function()
    assert.equal(2, select(2, tcplab "pkt missing.pkt"))
    assert.equal(2, select(2, tcplab "pkt --profile linus spec/pkt"))
    assert.equal(2, select(2, tcplab "pkt --tolerance_usecs x spec/pkt"))
    assert.equal(2, select(2, tcplab "pkt -j 0 spec/pkt"))
    assert.equal(2, select(2, tcplab "pkt -D 1=2 spec/pkt"))
  end)
end)
