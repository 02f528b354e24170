-- SPDX-License-Identifier: MIT
-- Saved traces: one that is taken can be drawn, compared and saved; any other is answered with its line.

local helper = require "spec.helper"
local tcplab = require "tcplab"

local target = {}

local path, copy

---Texts that are right.
---@return string[]
function target.seeds()
  local folder = helper.folder()
  path, copy = folder .. "/trace.jsonl", folder .. "/copy"
  local net <close>, client, server, link = helper.lab()
  local listener = server:listen(80)
  link:drop("DATA", 2)
  link:corrupt("ACK", 3)
  local conn = assert(client:connect(server, 80))
  conn:send(("x"):rep(5000))
  local peer = assert(listener:accept())
  peer:receive(5000)
  client:connect(server, 81)
  conn:close()
  peer:close()
  net:run(3)
  assert(net.trace:save(path))
  return { helper.read(path) }
end

---Reads a text; raises where the reader does what it must not.
---@param text string
---@return boolean taken
function target.read(text)
  helper.write(path, text)
  local trace, message, code = tcplab.load(path)
  if not trace then
    assert(code == "EBADMSG" and message:find("^" .. path:gsub("%p", "%%%0") .. ":%d+: ."), message)
    return false
  end
  assert(#trace:ladder { color = false } > 0)
  for _, extension in ipairs { ".svg", ".sequence.svg", ".congestion.svg", ".mmd", ".pcapng", ".jsonl" } do
    assert(trace:save(copy .. extension))
  end
  tcplab.diff(trace, assert(tcplab.load(copy .. ".jsonl")))
  return true
end

return target
