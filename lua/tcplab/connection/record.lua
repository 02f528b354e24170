-- SPDX-License-Identifier: MIT
-- A connection's record in the core, as its handle asks for it.

local core = require "tcplab.core"

local record = {}

---@param self tcplab.connection
---@param verb string
---@return any ...  what the core answers
function record.call(self, verb, ...) return core[verb](self.network._core, self.host.id, self._ref, ...) end

---Whether the record is no more: the handle keeps its end, or the network is closed.
---@param self tcplab.connection
function record.gone(self) return self._final or self.network.closed end

return record
