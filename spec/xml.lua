-- SPDX-License-Identifier: MIT
-- Reads XML strictly, as far as the pictures use it: one root, tags that close one another, quoted attributes once each, known entities, no text
-- that has no place, nothing that UTF-8 or XML 1.0 forbids. Anything else raises, with the line.

local xml = {}

local Reader = {}
Reader.__index = Reader

local function fail(self, message)
  local _, line = self.text:sub(1, self.at):gsub("\n", "")
  error(("line %d: %s near %q"):format(line + 1, message, self.text:sub(self.at, self.at + 30)), 0)
end

function Reader:take(pattern)
  local from, to, capture = self.text:find("^" .. pattern, self.at)
  if not from then return nil end
  self.at = to + 1
  return capture or self.text:sub(from, to)
end

local ENTITIES = { amp = "&", lt = "<", gt = ">", quot = '"', ["#39"] = "'" }

local function unescaped(self, text)
  if text:find("<", 1, true) then fail(self, "a bare <") end
  return (text:gsub("&([^;&]*;?)", function(name)
    local known = name:sub(-1) == ";" and ENTITIES[name:sub(1, -2)]
    return known or fail(self, "unknown entity &" .. name)
  end))
end

local function attributes(self)
  local map = {}
  while self:take "%s+" do
    local name = self:take "([%a_][%w_:.-]*)="
    if not name then break end
    local value = self:take '"([^"]*)"' or fail(self, "an attribute without a quoted value")
    if map[name] then fail(self, "attribute " .. name .. " twice") end
    map[name] = unescaped(self, value)
  end
  return map
end

function Reader:element()
  local name = self:take "<([%a][%w_-]*)" or fail(self, "no tag")
  local node = { name = name, attributes = attributes(self), text = "" }
  if self:take "/>" then return node end
  if not self:take ">" then fail(self, "an open tag") end
  while true do
    node.text = node.text .. unescaped(self, self:take "[^<]*")
    if self:take("</" .. name:gsub("%-", "%%-") .. ">") then return node end
    if self:take "</" then fail(self, name .. " is closed by another") end
    node[#node + 1] = self:element()
  end
end

--- The root of a document: { name =, attributes =, text =, children ... }.
function xml.read(text)
  local self = setmetatable({ text = text, at = 1 }, Reader)
  local _, bad = utf8.len(text)
  if bad then
    self.at = bad
    fail(self, "no UTF-8")
  end
  local control = text:find "[%z\1-\8\11\12\14-\31]"
  if control then
    self.at = control
    fail(self, "a control character")
  end
  if not self:take '<%?xml version="1%.0" encoding="UTF%-8"%?>\n' then fail(self, "no declaration") end
  local root = self:element()
  self:take "%s*"
  if self.at <= #text then fail(self, "something after the root") end
  return root
end

--- Every element below a node, itself first, for which wanted(element) is so.
function xml.find(node, wanted, found)
  found = found or {}
  if wanted(node) then found[#found + 1] = node end
  for _, child in ipairs(node) do xml.find(child, wanted, found) end
  return found
end

--- The texts of all <text>, in order.
function xml.texts(root)
  local list = {}
  for i, node in ipairs(xml.find(root, function(node) return node.name == "text" end)) do list[i] = node.text end
  return list
end

--- The elements whose class has that word.
function xml.of_class(root, word)
  return xml.find(root, function(node) return (" " .. (node.attributes.class or "") .. " "):find(" " .. word .. " ", 1, true) ~= nil end)
end

return xml
