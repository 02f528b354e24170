-- SPDX-License-Identifier: MIT
-- A class made of parts: each part's file has some of its methods, in its table `methods`.

---@param class table
---@param ... { methods: table<string, any> }
---@return table class  with the methods of all parts
local function mixin(class, ...)
  for _, part in ipairs { ... } do
    for name, method in next, part.methods do
      assert(class[name] == nil or name == "__name", name)
      if name ~= "__name" then class[name] = method end
    end
  end
  return class
end

return mixin
