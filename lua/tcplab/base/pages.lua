-- SPDX-License-Identifier: MIT
-- A list that is read page by page, as far as it is looked at. `ipairs`, `#` and an index see it as a plain list; called by a for loop it walks to
-- the end and holds one page at a time.

---@param read fun(at?: integer): any[], integer?  the page that begins there (the first one without), and where the next begins; nil after the last
---@return any[] list  also an iterator
local function pages(read)
  local list, after = read()
  local page, size, i, next_page = list, #list, 0, after

  local function read_on()
    local more
    more, after = read(after)
    table.move(more, 1, #more, rawlen(list) + 1, list)
  end

  return setmetatable(list, {
    __index = function(_, index)
      if math.type(index) ~= "integer" or index < 1 then return nil end
      while after and rawlen(list) < index do read_on() end
      return rawget(list, index)
    end,
    __len = function()
      while after do read_on() end
      return rawlen(list)
    end,
    __call = function()
      while i == size and next_page do
        page, next_page = read(next_page)
        size, i = #page, 0
      end
      if i == size then return nil end
      i = i + 1
      return page[i]
    end,
  })
end

return pages
