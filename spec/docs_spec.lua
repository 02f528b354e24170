-- SPDX-License-Identifier: MIT
-- The public face is what can be reached from `require "tcplab"` and the other modules that scripts load: their tables, the metatables of their
-- objects, and what those hold. Each public function there is documented where it is written, and called by an example of the reference.
local helper = require "spec.helper"
local docs = require "spec.tools.docs"

local function is_ours(f)
  local source = debug.getinfo(f, "S").source
  return source:match "^@.-(lua/tcplab/.*%.lua)$"
end

local function is_public(name) return type(name) == "string" and name:match "^%a" ~= nil end

--- Calls found(label, name, value) for each public name, once per table it stands in.
local function walk(root, name_of_root, found)
  local seen = {}
  local visit

  local function visit_function(f)
    if seen[f] or not is_ours(f) then return end
    seen[f] = true
    for i = 1, math.huge do
      local name, value = debug.getupvalue(f, i)
      if not name then break end
      if type(value) == "function" then
        visit_function(value)
      elseif type(value) == "table" and (type(rawget(value, "__name")) == "string" or name:match "methods$") then
        visit(value, rawget(value, "__name") or name)
      elseif type(value) == "table" and not seen[value] and package.loaded._G ~= value then
        -- A module's table that stays inside: not public, but the way to the metatables of what it makes.
        for _, loaded in pairs(package.loaded) do
          if loaded == value then
            seen[value] = true
            for _, inner in pairs(value) do
              if type(inner) == "function" then visit_function(inner) end
            end
          end
        end
      end
    end
  end

  function visit(t, label)
    if seen[t] then return end
    seen[t] = true
    local mt = getmetatable(t)
    if type(mt) == "table" then visit(mt, rawget(mt, "__name") or label) end
    for name, value in pairs(t) do
      if type(value) == "function" then
        if is_public(name) then found(label, name, value) end
        visit_function(value)
      elseif name == "__index" and type(value) == "table" then
        visit(value, label)
      elseif is_public(name) then
        found(label, name, value)
        if type(value) == "table" then visit(value, label .. "." .. name) end
      end
    end
  end
  visit(root, name_of_root)
end

local function public_names()
  local list, seen = {}, {}
  for _, root in ipairs { "tcplab", "tcplab.experiment", "tcplab.narration", "tcplab.probe" } do
    walk(require(root), root, function(label, name, value)
      local entry = { full = label .. "." .. name, name = name, value = value }
      if not seen[entry.full] then list[#list + 1] = entry end
      seen[entry.full] = true
    end)
  end
  table.sort(list, function(a, b) return a.full < b.full end)
  return list
end

-- What has an entry of its own without being a function: fields by their class, constants by their module.
local function documented_fields()
  local fields = {}
  for _, path in ipairs(docs.files()) do
    local module = path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", ".")
    for _, block in ipairs(docs.read(path)) do
      for _, field in ipairs(block.fields) do
        if field[3] ~= "" then fields[block.class .. "." .. field[1]:gsub("%?$", "")] = true end
      end
      if block.owner and not block.arguments and #block.text > 0 then fields[module .. "." .. block.name] = true end
    end
  end
  return fields
end

--- What the documentation of a function lacks, or nil.
local function lack(f)
  local info = debug.getinfo(f, "Su")
  local path = is_ours(f)
  if not path then return "no entry" end
  local block = docs.block_above(path, info.linedefined)
  if not block then return "no comment above " .. path .. ":" .. info.linedefined end
  if #block.text == 0 or block.text[1]:match "^```" then return "no description at " .. path .. ":" .. info.linedefined end
  local described = {}
  for _, param in ipairs(block.params) do described[param[1]:gsub("%?$", "")] = true end
  for i = 1, info.nparams do
    local name = debug.getlocal(f, i)
    if name ~= "self" and not name:match "^_" and not described[name] then
      return ("no ---@param %s at %s:%d"):format(name, path, info.linedefined)
    end
  end
end

local function lacking(fields)
  local lines = {}
  for _, entry in ipairs(public_names()) do
    local why
    if type(entry.value) == "function" then why = lack(entry.value) else why = not fields[entry.full] and "no entry" end
    if why then lines[#lines + 1] = entry.full .. ": " .. why end
  end
  return lines
end

-- ---- the examples ----

-- Runs those that need no device, in a folder of their own. Returns what is wrong with them, and which functions they call: "PATH:LINE".
local function run_examples()
  local folder, files, where = helper.folder(), {}, {}
  for i, example in ipairs(docs.examples()) do
    local name = ("%03d.lua"):format(i)
    where[name] = ("%s:%d: %s"):format(example.path, example.line, name)
    helper.write(folder .. "/" .. name, docs.script(example))
    if not example.live then files[#files + 1] = name end
  end
  local output = helper.shell(('top=$PWD; cd %s && lua5.4 "$top/spec/tools/doctest.lua" "$top" %s'):format(folder, table.concat(files, " ")))
  local called = {}
  local wrong = output:gsub("called (%S+)\n", function(place)
    called[place] = true
    return ""
  end)
  return wrong:gsub("%f[^\n%z]%d+%.lua", where), called
end

-- Whether no example can call it in virtual time; one of those for the real network then names it.
local LIVE <const> = { ["tcplab.tun"] = true, ["tcplab.probe.knock"] = true, ["tcplab.probe.ask_peer"] = true }
local function is_live(entry) return LIVE[entry.full] or entry.full:match "^tcplab%.kernel_" end

local function is_called_live(entry)
  for _, example in ipairs(docs.examples()) do
    if example.live and docs.script(example):match("[.:]" .. entry.name .. "%f[^%w_]") then return true end
  end
  return false
end

describe("the public face", function()
  it("has an entry in the documentation for every name", function()
    assert.equal("", table.concat(lacking(documented_fields()), "\n"))
  end)

  it("has an example in the reference that runs for every function", function()
    local wrong, called = run_examples()
    assert.equal("", wrong)
    local missing = {}
    for _, entry in ipairs(public_names()) do
      local info = type(entry.value) == "function" and debug.getinfo(entry.value, "S")
      local place = info and info.source:match "lua/tcplab/.*" .. ":" .. info.linedefined
      if place and not (is_live(entry) and is_called_live(entry) or called[place]) then missing[#missing + 1] = entry.full end
    end
    assert.equal("", table.concat(missing, "\n"))
  end)

  it("has a line in the index for every function, whose link leads somewhere", function()
    local folder = helper.folder() .. "/docs"
    local output, code = helper.shell("lua5.4 spec/tools/docs.lua " .. folder)
    assert.equal(0, code, output)
    local index, shown, count = helper.read(folder .. "/index.md"), {}, 0
    for title, page, anchor in index:gmatch "%- %[`([^`]+)`%]%(([%w_.]+)#([%w_-]+)%) " do
      local text = helper.read(folder .. "/" .. page)
      assert.is_truthy(text:find(('<a id="%s"></a>'):format(anchor), 1, true), page .. "#" .. anchor)
      shown[title:gsub(":", "."):lower()] = true
      count = count + 1
    end
    assert.equal(select(2, index:gsub("%- %[`", "")), count)
    local told, names = {}, public_names() -- a method that several classes have stands where the first one tells of it
    for _, entry in ipairs(names) do
      local title = entry.full:gsub("_methods", ""):gsub("^tcplab%.([%w_]+)%.", "%1."):lower()
      if shown[title] then told[entry.value] = true end
    end
    for _, entry in ipairs(names) do
      if type(entry.value) == "function" then assert.is_true(told[entry.value], entry.full) end
    end
  end)

  it("has examples of the real network that can be read, too", function()
    local count = 0
    for _, example in ipairs(docs.examples()) do
      if example.live then
        count = count + 1
        assert(load(docs.script(example), "=" .. example.path))
      end
    end
    assert.is_true(count > 0)
  end)

  it("has examples of the real network that run #live", function()
    helper.need "namespace"
    helper.need "settings"
    for _, example in ipairs(docs.examples()) do
      if example.live then
        local path = helper.write(helper.folder() .. "/live.lua", docs.script(example))
        local output, code = helper.shell(("spec/tools/live %s/tcplab run %s"):format(helper.build, path))
        assert.equal(0, code, output)
      end
    end
  end)

  it("is walked as far as the objects that a lab makes", function()
    local seen = {}
    for _, entry in ipairs(public_names()) do seen[entry.name] = true end
    for _, name in ipairs { "lab", "host", "link", "connect", "listen", "accept", "send", "receive", "close", "run", "drop", "ladder" } do
      assert.is_true(seen[name], name .. " was not reached")
    end
  end)
end)

describe("the documentation's reader", function()
  local function read(text) return docs.read(helper.write(helper.folder() .. "/sample.lua", text)) end

  it("takes a function's description, arguments and results from the comment above it", function()
    local block = read([[
--- Sends data.
---@param data string the bytes
---@param from? integer index of the first
---@return integer? last index of the last byte taken
function methods:send(data, from) end
]])[1]
    assert.same({ "Sends data." }, block.text)
    assert.same({ "methods", ":", "send", "(data, from)" }, { block.owner, block.call, block.name, block.arguments })
    assert.same({ { "data", "string", "the bytes" }, { "from?", "integer", "index of the first" } }, block.params)
    assert.same({ { "integer?", "last index of the last byte taken" } }, block.returns)
  end)

  it("keeps types together that hold spaces", function()
    local block = read([[
---@class t: base What it is.
---@field hook fun(e: event): boolean, string called
---@field kind "a b" | nil which
local t = {}
]])[1]
    assert.same({ "t", "base", "What it is." }, { block.class, block.parent, block.text[1] })
    assert.same({ { "hook", "fun(e: event): boolean, string", "called" }, { "kind", '"a b" | nil', "which" } }, block.fields)
  end)

  it("takes examples as they stand, and what goes on below a tag with it", function()
    local block = read([[
---Sends.
---```lua
---for i = 1, 2 do
---  conn:send(i)
---end
---```
---@param data string the bytes,
---all of them
function methods:send(data) end
]])[1]
    assert.same({ "for i = 1, 2 do\n  conn:send(i)\nend\n" }, { block.examples[1].code, block.examples[2] })
    assert.equal(3, block.examples[1].line)
    assert.same({ { "data", "string", "the bytes, all of them" } }, block.params)
    assert.equal(docs.before .. docs.connected .. block.examples[1].code, docs.script(block.examples[1]))
  end)

  it("gives no entry to a function without a comment", function()
    assert.same({}, read "local x = {}\nfunction x.y(z) end\n")
  end)
end)

describe("the README", function()
  it("names only folders and tasks that there are", function()
    local text, makefile = helper.read "README.md", helper.read "Makefile"
    for task in text:gmatch "`make (%a+)" do assert.is_truthy(makefile:find("\n" .. task .. ":", 1, true), "no task " .. task) end
    for path in text:gmatch "\n(%l[%w_/]*/) " do assert.equal(0, select(2, helper.shell("test -d " .. path)), path .. " is no folder") end
  end)
end)
