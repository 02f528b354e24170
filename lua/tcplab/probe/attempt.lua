-- SPDX-License-Identifier: MIT
-- A protected call that Ctrl-C goes through: it is to end the whole, and not one question.

local INTERRUPTED <const> = "interrupted!" -- Lua's own word for it

local attempt = {}

local function passed_on(ran, ...)
  if not ran and tostring((...)):find(INTERRUPTED, 1, true) then error((...), 0) end
  return ran, ...
end

---@return boolean ran
---@return any ...  what the function returned, or raised
function attempt.call(f, ...) return passed_on(pcall(f, ...)) end

---Whether somebody pressed Ctrl-C.
---@param trouble any  what was raised
---@return boolean
function attempt.interrupted(trouble) return tostring(trouble):find(INTERRUPTED, 1, true) ~= nil end

---A real network's waits that Ctrl-C ends raise, where a question would take them for silence.
---@param network tcplab.network
function attempt.watch(network)
  local wait = network._wait
  network._wait = function(...)
    local ok, message, code = wait(...)
    if code == "EINTR" then error(INTERRUPTED, 0) end
    return ok, message, code
  end
end

return attempt
