-- SPDX-License-Identifier: MIT
-- Misuse raises, naming the argument, and blames the script's line, not the library's.

local check = {}

local library = debug.getinfo(1, "S").source:match("^(.*)base/check%.lua$")

---The folder of the library's files.
---@type string  ends in a slash
check.library = library:gsub("^@", "")

---Whether a function's source is a file of the library. Experiments that are installed stand in a folder of it, and are scripts all the same.
---@param source string  as debug.getinfo has it
---@return boolean
function check.is_library(source) return source:sub(1, #library) == library and source:sub(#library + 1, #library + 9) ~= "examples/" end

-- The first level above the caller that is not the library's own.
local function blamed()
  local level = 3
  while true do
    local info = debug.getinfo(level, "S")
    if not info then return 0 end
    if info.what ~= "C" and not check.is_library(info.source) then return level - 1 end
    level = level + 1
  end
end

---Raises a formatted message with the position of the script's line that called into the library.
---@param format string
---@param ... any
function check.fail(format, ...) error(format:format(...), blamed()) end

---Raises a formatted message with the place where a function of the script's begins, which has answered, or left behind, what makes no sense.
---@param f function
---@param format string
---@param ... any
function check.blame(f, format, ...)
  local info = type(f) == "function" and debug.getinfo(f, "S")
  local place = info and info.what ~= "C" and ("%s:%d: "):format(info.short_src, info.linedefined) or ""
  error(place .. format:format(...), 0)
end

---@param value any
---@return string  the value as an error message shows it
function check.shown(value)
  local kind = type(value)
  if kind == "string" then return ("%q"):format(value) end
  local meta = debug.getmetatable(value)
  local plain = value == nil or kind == "number" or kind == "boolean"
  if plain or type(meta) == "table" and (meta.__tostring or meta.__name) then return tostring(value) end
  return "a " .. kind -- rather than an address
end

---@generic T
---@param value T
---@param expected string  a type, or several joined by "|"
---@param name string
---@return T
function check.type(value, expected, name)
  local actual = type(value)
  for choice in expected:gmatch("[^|]+") do
    if choice == actual then return value end
  end
  local plain = actual == "number" or actual == "string" or actual == "boolean"
  local got = actual == "nil" and "nothing" or plain and actual .. " " .. check.shown(value) or actual
  check.fail("%s: %s expected, got %s", name, expected:gsub("|", " or "), got)
end

---@param value any
---@param name string
---@param low integer
---@param high integer
---@return integer
function check.integer(value, name, low, high)
  local whole = type(value) == "number" and math.tointeger(value)
  if not whole then check.fail("%s: an integer expected, got %s", name, check.shown(value)) end
  if whole < low or whole > high then check.fail("%s: %s is not between %d and %d", name, check.shown(value), low, high) end
  return whole
end

---@param value any
---@param name string
---@return integer
function check.port(value, name)
  return check.integer(value, name, 1, 65535)
end

-- As few digits as tell it.
local function brief(number) return ("%.10g"):format(number) end

---A probability as a threshold on 64-bit draws: exact, and never or always at the ends.
---@param value any
---@param name string
---@return integer
function check.chance(value, name)
  if type(value) ~= "number" or not (value >= 0 and value <= 1) then
    local percent = type(value) == "number" and value > 1 and value <= 100 and ("; %s %% is %s"):format(brief(value), brief(value / 100)) or ""
    check.fail("%s: a probability from 0 to 1 expected, got %s%s", name, check.shown(value), percent)
  end
  if value == 1 then return -1 end
  local high = value * 0x1p32
  local whole = high // 1
  return math.tointeger(whole) << 32 | math.tointeger((high - whole) * 0x1p32 // 1)
end

---A time span in seconds as nanoseconds, rounded to nearest.
---@param value any
---@param name string
---@return integer
function check.span(value, name)
  if type(value) ~= "number" then check.fail("%s: seconds expected, got %s", name, check.shown(value)) end
  if not (value >= 0 and value <= 9e9) then check.fail("%s: %s seconds is not a time span", name, tostring(value)) end
  return math.floor(value * 1e9 + 0.5)
end

local warned = {} -- by place and name

---Warns, once for each line of a script, of seconds that look like milliseconds, by Lua's `warn`, which scripts run by `tcplab run` have on.
---@param seconds any
---@param name string
---@param bound number  from so many on they look like it
---@return any seconds
function check.looks_like_seconds(seconds, name, bound)
  if type(seconds) ~= "number" or seconds < bound or seconds == math.huge then return seconds end
  local level = blamed()
  local place = level > 0 and debug.getinfo(level, "Sl")
  place = place and ("%s:%d: "):format(place.short_src, place.currentline) or ""
  if warned[place .. name] then return seconds end
  warned[place .. name] = true
  warn(("%s%s: %s seconds is long; %s ms would be %s"):format(place, name, brief(seconds), brief(seconds), brief(seconds / 1000)))
  return seconds
end

local LONG_TIMEOUT <const> = 500 -- s: from here on a call's looks like milliseconds

---How long calls may wait, as settimeout takes it.
---@param seconds? number
---@param name string
---@return number? seconds  nil: no limit
function check.timeout(seconds, name)
  if seconds == nil or check.type(seconds, "number", name) < 0 then return nil end
  if seconds ~= math.huge then check.span(seconds, name) end
  return check.looks_like_seconds(seconds, name, LONG_TIMEOUT)
end

---A function, or a table or userdata that can be called.
---@param value any
---@param name string
---@return function
function check.callable(value, name)
  if type(value) == "function" then return value end
  local meta = getmetatable(value)
  if type(meta) == "table" and meta.__call then return value end
  check.fail("%s: a function expected, got %s", name, check.shown(value))
end

---@param self any
---@param class table   the metatable, or a part of the class that bears its name; or of a class that it is like
---@param method string
function check.self(self, class, method)
  local meta = getmetatable(self)
  if meta == class then return self end
  if type(meta) == "table" and (meta.__name == class.__name or meta.__like and meta.__like[class.__name]) then return self end
  check.fail("%s: call it with a colon, as in object:%s(...)", method, method)
end

return check
