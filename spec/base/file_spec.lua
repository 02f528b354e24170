-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local file = require "tcplab.base.file"

local function writes(text)
  return function(out) return out:write(text) end
end

describe("a file that is replaced", function()
  it("holds what was written", function()
    local path = helper.folder() .. "/whole"
    assert.is_true(file.replace(path, writes "first"))
    assert.is_true(file.replace(path, writes "second"))
    assert.equal("second", helper.read(path))
    assert.is_nil(io.open(path .. ".part"))
  end)

  it("stays as it was when the disk is full, and nothing is left beside it", function()
    if not io.open "/dev/full" then return pending "needs /dev/full" end
    local path = helper.write(helper.folder() .. "/kept", "as it was")
    helper.shell("ln -s /dev/full " .. helper.quote(path .. ".part"))
    local ok, message, code = file.replace(path, writes "something")
    assert.is_nil(ok)
    assert.equal("ENOSPC", code)
    assert.is_truthy(message:find(path, 1, true) and message:find("No space left", 1, true), message)
    assert.equal("as it was", helper.read(path))
    assert.is_nil(io.open(path .. ".part"))
  end)

  it("cannot stand in a folder that is not there", function()
    local path = helper.folder() .. "/nowhere/file"
    local ok, message, code = file.replace(path, writes "x")
    assert.is_nil(ok)
    assert.equal("ENOENT", code)
    assert.is_truthy(message:find(path, 1, true))
  end)

  it("cannot take a folder's place", function()
    local path = helper.folder()
    local ok, _, code = file.replace(path, writes "x")
    assert.is_nil(ok)
    assert.equal("EISDIR", code)
    assert.is_nil(io.open(path .. ".part"))
  end)
end)

describe("a file to read", function()
  it("is opened, an empty one too", function()
    for _, text in ipairs { "", "hello" } do
      local opened <close> = assert(file.open(helper.write(helper.folder() .. "/x", text)))
      assert.equal(text, opened:read "a")
    end
  end)

  it("is answered for with a message and a code where it cannot be", function()
    local opened, message, code = file.open "none/here"
    assert.same({ nil, "none/here: No such file or directory", "ENOENT" }, { opened, message, code })
    opened, message, code = file.open "spec"
    assert.same({ nil, "spec: Is a directory", "EISDIR" }, { opened, message, code })
  end)
end)
