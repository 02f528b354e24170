-- SPDX-License-Identifier: MIT
-- Texts from strangers: those that the product writes or runs, made a little wrong. `make fuzz` goes on for longer.
require "spec.helper"
local readers = require "spec.fuzz.readers"

local TEXTS <const> = 200

describe("a reader of files", function()
  for _, name in ipairs(readers.names()) do
    it(name .. " survives what is nearly right", function()
      local done, taken, text, trouble = readers.try(name, function(count) return count < TEXTS end)
      assert.is_nil(text, ("text %d: %s"):format(done, tostring(trouble)))
      assert.equal(TEXTS, done)
      assert.is_true(taken < TEXTS)
    end)
  end
end)
