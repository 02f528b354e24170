-- SPDX-License-Identifier: MIT
-- What the experiments say, in the reader's language. It stands in examples/narration/, one file per language, apart from the scripts: a script
-- names a text by a key, and brings the values that are filled into it.

local check = require "tcplab.base.check"
local columns = require "tcplab.base.columns"
local nearest = require "tcplab.base.nearest"
local settings = require "tcplab.base.settings"

local narration = {}

---The languages there are.
---@type string[]
narration.languages = { "en", "zh" }

---What one experiment says.
---@class tcplab.narration
---@field name string                      of the experiment, and of its script
---@field question string                  what it asks
---@field without? string                  what the word `without` takes away, in one line
---@field says? table<string, string>      texts by key; `{name}` stands for a value, see `narration.fill`
---@field claims? table<string, string>    what it asserts, each as a sentence that is true
---@field kernel? boolean                  it runs against this machine's kernel, not in virtual time
---@field slow? boolean                    it takes more than 200,000 events
---@field chapter? string                  the chapter it stands in

---Experiments that belong together.
---@class tcplab.narration.chapter
---@field chapter string                   its heading
---@field [integer] tcplab.narration

-- Next to the library where it is installed, in the top folder of a checkout.
local function find_folder()
  local installed = io.open(check.library .. "examples/narration/en.lua")
  if not installed then return (check.library:gsub("lua/tcplab/$", "")) .. "examples/" end
  installed:close()
  return check.library .. "examples/"
end

---The folder of the experiments.
---@type string  ends in a slash
narration.folder = find_folder()

---The language to speak: that of the option --lang, or else what LC_ALL, LC_MESSAGES or LANG say; English when they say nothing known.
---```lua
---print(#require("tcplab.narration").language())  --> 2
---```
---@return string language "en" or "zh"
function narration.language()
  if settings.language then return settings.language end
  for _, name in ipairs { "LC_ALL", "LC_MESSAGES", "LANG" } do
    local locale = os.getenv(name) or ""
    if locale ~= "" then return locale:find "^zh" and "zh" or "en" end
  end
  return "en"
end

local chapters = {} -- by language

---All that is said in a language, by chapter, in the order in which one reads it.
---```lua
---for _, chapter in ipairs(require("tcplab.narration").chapters "en") do print(chapter.chapter, #chapter) end
---```
---@param language? string  default: `narration.language()`
---@return tcplab.narration.chapter[]
function narration.chapters(language)
  language = language or narration.language()
  if chapters[language] then return chapters[language] end
  local list = assert(loadfile(narration.folder .. "narration/" .. language .. ".lua", "t", {}))()
  for _, chapter in ipairs(list) do
    for _, entry in ipairs(chapter) do entry.chapter = chapter.chapter end
  end
  chapters[language] = list
  return list
end

---The names of the experiments, in reading order.
---```lua
---print(require("tcplab.narration").names()[1])  --> tour
---```
---@return string[]
function narration.names()
  local names = {}
  for _, chapter in ipairs(narration.chapters()) do
    for _, entry in ipairs(chapter) do names[#names + 1] = entry.name end
  end
  return names
end

---What an experiment says.
---```lua
---local narration = require "tcplab.narration"
---print(narration.of("handshake", "en").question)
---print(narration.script "handshake")
---```
---@param name string
---@param language? string
---@return tcplab.narration?
function narration.of(name, language)
  for _, chapter in ipairs(narration.chapters(language)) do
    for _, entry in ipairs(chapter) do
      if entry.name == name then return entry end
    end
  end
end

---The file of an experiment's script.
---@param name string
---@return string path
function narration.script(name) return narration.folder .. name .. ".lua" end

-- ---- filling in ----

local function in_words(value, format)
  if type(value) == "table" then return table.concat(value, format ~= "" and format or ", ") end
  if format ~= "" then return format:format(value) end
  if math.type(value) == "float" then return ("%.3f"):format(value) end
  return tostring(value)
end

local function fill(text, values, missing)
  return (text:gsub("%b{}", function(braces)
    local name, mark, rest = braces:match "^{(%a[%w_]*)([:?]?)(.*)}$"
    if not name then return braces end
    local value = values and values[name]
    if value == nil then return missing or check.fail("the text wants a value for %q: %s", name, text) end
    if mark == "?" then return fill(rest:match(value and "^([^|]*)" or "|(.*)$") or "", values, missing) end
    return in_words(value, rest)
  end))
end

---A text with its values filled in, its lines joined to paragraphs. `{name}` stands for a value: an integer or a string as it is, another
---number with three decimals, a list joined by commas. `{name:%5.1f}` formats it, `{name: > }` joins a list by " > ", `{name?yes|no}` chooses
---by true or false, and either may hold braces of its own.
---```lua
---local narration = require "tcplab.narration"
---print(narration.fill("{name} waits {time:%.1f} s{late?, too long|}", { name = "It", time = 2, late = true }))  --> It waits 2.0 s, too long
---```
---@param text string
---@param values? table<string, any>
---@param missing? string  stands for a value that is not there; without it, that raises
---@return string
function narration.fill(text, values, missing) return fill(columns.join(text), values, missing) end

---The text of a key.
---```lua
---print(require("tcplab.narration").text({ hello = "Hello." }, "hello", "say"))  --> Hello.
---```
---@param texts table<string, string>?
---@param key string
---@param of string  whose texts they are, for the message
---@return string
function narration.text(texts, key, of)
  local text = check.type(texts or {}, "table", of)[check.type(key, "string", "key")]
  if text then return text end
  local keys = {}
  for known in pairs(texts or {}) do keys[#keys + 1] = known end
  table.sort(keys)
  local meant = nearest(key, keys)
  check.fail("%s: there is no text %q%s", of, key, meant and (" (did you mean %q?)"):format(meant) or "")
end

return narration
