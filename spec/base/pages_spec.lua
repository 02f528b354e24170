-- SPDX-License-Identifier: MIT
local pages = require "tcplab.base.pages"

describe("a list of pages", function()
  local reads
  -- The numbers up to last, three a page; a page of multiples of nine is empty.
  local function numbers(last)
    reads = 0
    return pages(function(at)
      at, reads = at or 0, reads + 1
      local page = {}
      for i = at + 1, math.min(at + 3, last) do
        if at ~= 9 then page[#page + 1] = i end
      end
      return page, at + 3 < last and at + 3 or nil
    end)
  end

  local function walked(list)
    local seen = {}
    for number in list do seen[#seen + 1] = number end
    return seen
  end

  it("reads the first page, and others when they are looked at", function()
    local list = numbers(20)
    assert.equal(1, reads)
    assert.equal(3, list[3])
    assert.equal(1, reads)
    assert.equal(5, list[5])
    assert.equal(2, reads)
    assert.is_nil(list.name)
    assert.is_nil(list[0])
    assert.equal(2, reads)
  end)

  it("has a length, an end, and no holes where a page is empty", function()
    local list = numbers(20)
    assert.equal(17, #list)
    assert.same({ 9, 13, 20 }, { list[9], list[10], list[17] })
    assert.is_nil(list[18])
    local count = 0
    for i, number in ipairs(numbers(20)) do
      count = count + 1
      assert.equal(i <= 9 and i or i + 3, number)
    end
    assert.equal(17, count)
  end)

  it("is walked over once by a for loop, whatever was read before", function()
    local expected = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 15, 16, 17, 18, 19, 20 }
    assert.same(expected, walked(numbers(20)))
    local list = numbers(20)
    assert.equal(17, #list)
    assert.same(expected, walked(list))
    assert.same({}, walked(list))
    assert.same({ 1, 2, 3 }, walked(numbers(3)))
    assert.same({}, walked(numbers(0)))
  end)

  it("holds one page during the walk", function()
    local list = numbers(20)
    for _ in list do assert.is_true(rawlen(list) <= 3) end
  end)

  it("that fits into one page is a plain list", function()
    assert.same({ 1, 2, 3 }, numbers(3))
    assert.same({}, numbers(0))
  end)
end)
