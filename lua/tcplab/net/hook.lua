-- SPDX-License-Identifier: MIT
-- What a script has hung into a network: a function watching a moment, or a filter on a link or at a host.

local check = require "tcplab.base.check"

---Returned by `on` and `filter`. Closing it takes the function off; losing the handle does not.
---@class tcplab.hook
---@field moment string  the moment, or "filter"
---@field closed boolean
local hook = { __name = "tcplab.hook" }
hook.__index = hook

---@param what string
---@param on_close fun(self: tcplab.hook)
---@param fields table
---@return tcplab.hook
local function new(what, on_close, fields)
  fields.moment, fields.closed, fields._on_close = what, false, on_close
  return setmetatable(fields, hook)
end

---Takes the function off. Does nothing the second time.
---```lua
---local hook = conn:on("data", print)
---hook:close()
---print(hook.closed)  --> true
---```
function hook:close()
  check.self(self, hook, "close")
  if self.closed then return end
  self.closed = true
  self._on_close(self)
end

hook.__close = hook.close

function hook:__tostring() return ("hook: %s%s"):format(self.moment, self.closed and " (closed)" or "") end

return { new = new, class = hook }
