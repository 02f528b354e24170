-- SPDX-License-Identifier: MIT
-- An experiment: a script that asks a question, shows what happened and asserts the answer.
--
--   local it = require("tcplab.experiment").begin("handshake", ...)   -- asks the question; the name finds what there is to say
--   if it.with then ... end                      -- what it is about; the word `without` among the arguments takes it away
--   it:show(net)                                 -- the ladder
--   it:say("opened", { after = net:now() })      -- a text of the narration, with values of this run filled in
--   it:claim(net:now() < 0.1, "soon")            -- the answer: raises when it does not hold
--
-- A new one is a script examples/NAME.lua and an entry NAME, under its chapter, in both examples/narration/en.lua and zh.lua: `question`,
-- `without`, `says` and `claims` by key (lua/tcplab/narration.lua tells what a text may hold). The script prints no text of its own.

local check = require "tcplab.base.check"
local columns = require "tcplab.base.columns"
local ladder = require "tcplab.draw.ladder"
local narration = require "tcplab.narration"
local nearest = require "tcplab.base.nearest"
local settings = require "tcplab.base.settings"
local strict = require "tcplab.base.strict"
local trace = require "tcplab.net.trace"

local WIDTH <const> = 80
local LABELS <const> = {
  en = { without = "For contrast: ", fails = "this does not hold: " },
  zh = { without = "对照：", fails = "下面的论断不成立：" },
}

local experiment = {}

---One run of an experiment.
---@class tcplab.experiment
---@field name string
---@field with boolean          false when the word `without` was among the arguments
---@field arguments string[]    the other arguments
---@field narration tcplab.narration
---@field said { key: string, text: string, values: table }[]                   what was said so far
---@field claims { key: string, text: string, values: table, holds: boolean }[] what was claimed so far
local experiment_methods = { __name = "tcplab.experiment" }

local function put(self, group, text)
  if self._group and (self._group ~= group or not group) then print() end
  self._group = group or "alone"
  print((text:gsub("\n$", "")))
end

local function find_narration(name)
  if type(name) == "table" then return name end
  local found = narration.of(check.type(name, "string|table", "name"))
  if found then return found end
  check.fail("begin: nothing is told of an experiment %q; did you mean %q?", name, nearest(name, narration.names()))
end

-- A slip would run the experiment with its point, as if nothing had been asked for.
local function unlike_without(word)
  local _, letters = nearest(word, { "without" })
  if letters <= 2 then check.fail("begin: %q: did you mean the word %q?", word, "without") end
  return word
end

---Begins an experiment: asks its question.
---```lua
---local it = require("tcplab.experiment").begin({ question = "How long does it take?", claims = { one = "One round trip: {time} s." } }, ...)
---if it.with then link:set { delay = 0.5 } end
---client:connect(server, 80)
---it:show(net)
---it:claim(net:now() == 1, "one", { time = net:now() })
---```
---@param name string|tcplab.narration  the name that examples/narration/ tells of, or a narration of the script's own
---@param ... string                    the script's arguments
---@return tcplab.experiment
function experiment.begin(name, ...)
  local told = find_narration(name)
  check.type(told.question, "string", "begin: question")
  local self = setmetatable({
    _name = told.name, _narration = told, _with = true, _arguments = {}, _said = {}, _claims = {},
  }, experiment_methods)
  for _, word in ipairs { ... } do
    if word == "without" then self._with = false else self._arguments[#self._arguments + 1] = unlike_without(word) end
  end
  self._labels = LABELS[narration.language()]
  if settings.on_experiment then settings.on_experiment(self) end
  put(self, "question", columns.wrap(narration.fill(told.question), WIDTH))
  if not self._with and told.without then put(self, "question", columns.wrap(self._labels.without .. narration.fill(told.without), WIDTH)) end
  return self
end

-- A text that ends like a sentence or a heading is a paragraph; others are rows, and stand together.
local function group_of(text)
  local last = utf8.char(utf8.codepoint(text, utf8.offset(text, -1)))
  return not ("。？！：.?!:"):find(last, 1, true) and "rows" or nil
end

---Says a text of the narration. One that ends like a sentence, or in a colon, is a paragraph of its own; others stand together, as the
---rows of a table.
---```lua
---local it = require("tcplab.experiment").begin { question = "When?", says = { now = "It is {time:%.1f} s." } }  --> When?
---it:say("now", { time = net:now() })  --> It is 0.0 s.
---```
---@param key string  of the text among the narration's says
---@param values? table<string, any>  what its placeholders stand for; see `narration.fill`
function experiment_methods:say(key, values)
  check.self(self, experiment_methods, "say")
  local text = narration.fill(narration.text(self._narration.says, key, "say"), values)
  self._said[#self._said + 1] = { key = key, text = text, values = values or {} }
  put(self, group_of(text), columns.wrap(text, WIDTH))
end

---Shows a network's ladder, or any other thing as `tostring` has it.
---```lua
---local it = require("tcplab.experiment").begin { question = "Who is it?" }  --> Who is it?
---it:show(client)  --> host: client (10.0.0.1)
---```
---@param thing any  a network, or what tostring knows
---@param options? tcplab.ladder.options  for the ladder
function experiment_methods:show(thing, options)
  check.self(self, experiment_methods, "show")
  local traced = trace.of(thing)
  put(self, nil, traced and traced ~= thing and traced:ladder(options) or tostring(thing))
end

local function mark()
  local sign = ladder.utf8() and "✓ " or "+ "
  return ladder.terminal() and "\27[32m" .. sign .. "\27[0m" or sign
end

---Claims that something holds, and raises when it does not.
---```lua
---local it = require("tcplab.experiment").begin { question = "How many?", claims = { two = "{count} hosts." } }
---it:claim(client ~= server, "two", { count = 2 })
---```
---@param condition any           false and nil do not hold
---@param key string                  of the sentence among the narration's claims
---@param values? table<string, any>  what its placeholders stand for
function experiment_methods:claim(condition, key, values)
  check.self(self, experiment_methods, "claim")
  local sentence = narration.text(self._narration.claims, key, "claim")
  local text = narration.fill(sentence, values, not condition and "?" or nil)
  self._claims[#self._claims + 1] = { key = key, text = text, values = values or {}, holds = condition and true or false }
  if not condition then check.fail("%s", self._labels.fails .. text) end
  put(self, "claim", mark() .. columns.wrap(text, WIDTH - 2):gsub("\n", "\n  "))
end

function experiment_methods:__tostring() return ("experiment %s: %d claims"):format(self._name or "without a name", #self._claims) end

strict.seal(experiment_methods, { what = "experiment", kept = { "name", "narration", "with", "arguments", "said", "claims" } })

return experiment
