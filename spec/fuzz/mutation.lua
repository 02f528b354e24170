-- SPDX-License-Identifier: MIT
-- A valid text made a little wrong, the same way for the same seed.

local ODD <const> = {
  "", "\0", "\xff", "true", "null", "-1", "1e999", "9223372036854775808", "4294967296", "0x", "\"zz\"", "[]", "{}", "[[[[", "((((", "}",
  "\\u0000", "%{ }%", "`", "\n",
}
local CHANGES <const> = 4 -- at most, to one text

-- splitmix64: the specs' own, for math.random is everybody's.
local function generator(seed)
  local state = seed
  return function(n)
    state = state + 0x9e3779b97f4a7c15
    local z = state
    z = (z ~ (z >> 30)) * 0xbf58476d1ce4e5b9
    z = (z ~ (z >> 27)) * 0x94d049bb133111eb
    return math.ult(0, n) and ((z ~ (z >> 31)) >> 1) % n + 1 or 1
  end
end

local function span(text, random)
  local from = random(#text + 1)
  return from, math.min(#text, from + random(40) - 1)
end

local function lines_of(text)
  local lines = {}
  for line in text:gmatch "[^\n]*\n?" do lines[#lines + 1] = line end
  return lines
end

-- Puts something in the place of the n-th match of a pattern, if there is one.
local function replace_one(text, pattern, random, by)
  local _, count = text:gsub(pattern, "%0")
  if count == 0 then return text end
  local wanted, seen = random(count), 0
  return (text:gsub(pattern, function(found)
    seen = seen + 1
    return seen == wanted and by(found) or nil
  end))
end

local changes <const> = {
  function(text, random)
    local at = random(#text)
    return text:sub(1, at - 1) .. string.char(random(256) - 1) .. text:sub(at + 1)
  end,
  function(text, random)
    local from, to = span(text, random)
    return text:sub(1, from - 1) .. text:sub(to + 1)
  end,
  function(text, random)
    local from, to = span(text, random)
    return text:sub(1, to) .. text:sub(from, to):rep(random(3)) .. text:sub(to + 1)
  end,
  function(text, random)
    local at = random(#text + 1)
    return text:sub(1, at - 1) .. ODD[random(#ODD)] .. text:sub(at)
  end,
  function(text, random) return replace_one(text, "%d+", random, function() return ODD[random(#ODD)] end) end,
  function(text, random) return replace_one(text, '"[^"\n]*"', random, function() return ODD[random(#ODD)] end) end,
  function(text, random) return replace_one(text, "%a+", random, function() return ODD[random(#ODD)] end) end,
  function(text, random)
    local lines = lines_of(text)
    local a, b = random(#lines), random(#lines)
    lines[a], lines[b] = lines[b], lines[a]
    return table.concat(lines)
  end,
  function(text, random) return text:sub(1, random(#text)) end,
}

---@param text string
---@param seed integer
---@return string
return function(text, seed)
  local random = generator(seed)
  for _ = 1, random(CHANGES) do
    if text ~= "" then text = changes[random(#changes)](text, random) end
  end
  return text
end
