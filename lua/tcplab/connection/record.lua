-- SPDX-License-Identifier: MIT
-- A connection's record in the core or in the kernel, as its handle asks for it.

local record = {}

---@param self tcplab.connection
---@param verb string
---@return any ...  what the core answers, or the kernel
function record.call(self, verb, ...)
  local host = self._host
  return host._verbs[verb](self._network._core, host._id, self._ref, ...)
end

---Whether the record is no more: the handle keeps its end, or the network is closed.
---@param self tcplab.connection
function record.gone(self) return self._final or self._network._closed end

return record
