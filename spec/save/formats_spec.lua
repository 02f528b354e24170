-- SPDX-License-Identifier: MIT
require "spec.helper"
local formats = require "tcplab.save.formats"

describe("the formats", function()
  it("are chosen by the last extension alone", function()
    assert.is_function(formats.writer "a.b/c.pcapng")
    for _, path in ipairs { "a", "pcapng", "dir.pcapng/file", "a.PCAPNG", "" } do
      local write, message = formats.writer(path)
      assert.is_nil(write)
      assert.equal(("%q: no such format; the name must end in %s"):format(path, formats.names()), message)
    end
  end)

  it("are all named, in order", function()
    assert.is_truthy(formats.names():find("%.pcapng"))
    for extension in formats.names():gmatch "%.%w+" do assert.is_function(formats.writer("x" .. extension)) end
  end)

  it("number names before their extensions", function()
    assert.equal("a.b/c-2.pcapng", formats.numbered("a.b/c.pcapng", 2))
    assert.equal("a/b.c-12.svg", formats.numbered("a/b.c.svg", 12))
    assert.equal("a/b-3.ladder.svg", formats.numbered("a/b.ladder.svg", 3))
    assert.equal("b.ladder-3.mmd", formats.numbered("b.ladder.mmd", 3))
    assert.equal("a.b/c-2", formats.numbered("a.b/c", 2))
  end)

  it("take options only where these mean something", function()
    local ok, raised = pcall(formats.writer "x.pcapng", { events = {}, lost = 0 }, { width = 80 })
    assert.is_false(ok)
    assert.is_truthy(raised:find("save: options: a .pcapng takes none", 1, true))
  end)
end)
