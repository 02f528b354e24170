-- SPDX-License-Identifier: MIT
-- The kernels that have been built, found by their versions.
local helper = require "spec.helper"

describe("a kernel's program", function()
  local cache

  -- What image.find answers for a word, where the cache holds files of these names, in the order in which they were built.
  local function find(word, names)
    cache = helper.folder()
    helper.shell("mkdir " .. cache .. "/tcplab")
    for i, name in ipairs(names) do
      helper.shell(("touch -d @%d %s/tcplab/%s"):format(1000000000 + i, cache, name))
    end
    local script = helper.script(("print(require 'tcplab.uml.image'.find(%q))"):format(word))
    return (helper.tcplab("run " .. script, "XDG_CACHE_HOME=" .. cache):gsub("%s+$", ""))
  end

  it("is the newest release of a version, and of a release what was built last", function()
    local names = { "linux-6.1.99-aaaaaaaa", "linux-6.1.192-aaaaaaaa", "linux-6.1.192-bbbbbbbb", "linux-6.12.5-aaaaaaaa", "build-6.18-aaaaaaaa" }
    assert.equal("linux-6.1.192-bbbbbbbb", find("6.1", names):match "[^/]+$")
    assert.equal("linux-6.1.99-aaaaaaaa", find("6.1.99", names):match "[^/]+$")
    assert.equal("linux-6.12.5-aaaaaaaa", find("any", names):match "[^/]+$")
  end)

  it("that is not there is told, with what there is and how to get it", function()
    local told = find("5.10", { "linux-6.1.192-aaaaaaaa" })
    assert.equal("nil\tLinux 5.10 has not been built for tcplab (make kernel KERNEL=5.10): there is 6.1.192\tENOENT", told)
    assert.is_truthy(find("any", {}):find("there is none in " .. cache .. "/tcplab", 1, true))
  end)

  it("may be given by its path", function()
    assert.equal("/bin/sh", find("/bin/sh", {}))
    assert.is_truthy(find("./none", {}):find("./none: No such file or directory", 1, true))
  end)
end)
