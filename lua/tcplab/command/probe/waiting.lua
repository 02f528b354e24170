-- SPDX-License-Identifier: MIT
-- How long asking in real time takes, said first; and, on a terminal, how far it has come.

local waiting = {}

---A span of time as a person says it.
---@param seconds number
---@return string
function waiting.span(seconds)
  if seconds < 90 then return ("%d s"):format(math.ceil(seconds)) end
  return ("%d min"):format(math.ceil(seconds / 60))
end

---Says how many questions are asked of whom, and how long it will take.
---@param count integer
---@param whom string
---@param seconds number
---@param out? file*  standard error without
function waiting.announce(count, whom, seconds, out)
  out = out or io.stderr
  out:write(("tcplab: %d %s of %s, about %s (until %s)\n"):format(count, count == 1 and "question" or "questions", whom, waiting.span(seconds),
    os.date("%H:%M:%S", os.time() + math.ceil(seconds))))
end

local function on_terminal() return os.execute "test -t 2" == true end

---A line that tells the questions answered so far, and that is erased when it is closed. Nothing where standard error is no terminal.
---@param total integer
---@param parts? { out?: file*, terminal?: fun(): boolean }  what stands for standard error
---@return { told: fun(question: tcplab.probe.question, count: integer) }
function waiting.line(total, parts)
  local out, terminal = parts and parts.out or io.stderr, (parts and parts.terminal or on_terminal)()
  local function erase()
    if terminal then out:write "\r\27[K" end
  end
  local function told(question, count)
    if not terminal then return end
    erase()
    out:write(("%d of %d answered: %s "):format(count, total, question.name))
    out:flush()
  end
  return setmetatable({ told = told }, { __close = erase })
end

return waiting
