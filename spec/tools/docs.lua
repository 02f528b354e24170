-- SPDX-License-Identifier: MIT
-- usage: lua5.4 spec/tools/docs.lua FOLDER     Writes a reference page for each module of lua/tcplab that has public documentation.
-- The pages are made from the LuaCATS comments there, which editors with a Lua language server read as they stand: they need no further files.
-- The tables of the tunables and of the moments are made from the library itself, which must have been built.
-- As a module: read(path) and block_above(path, line).

local docs = {}

---@class docs.block
---@field text string[] description, line by line
---@field params table[] { name, type, text }
---@field returns table[] { type, text }
---@field fields table[] { name, type, text }
---@field class? string
---@field parent? string
---@field name? string of the function or table below the comment
---@field owner? string what the name is a field of
---@field call? string ":" or "."
---@field arguments? string
---@field last integer the comment's last line
---@field private? boolean

--- Cuts a LuaCATS type off the front of text: brackets and fun(...) may hold spaces, `|` and `:` may stand between. Returns type, rest.
local function split_type(text)
  local position, depth = 1, 0
  while position <= #text do
    local c = text:sub(position, position)
    if c:match "[%(%[{<]" then
      depth = depth + 1
    elseif c:match "[%)%]}>]" then
      depth = depth - 1
    elseif c == '"' then
      position = text:find('"', position + 1, true) or #text
    elseif c == " " and depth == 0 then
      local before, after = text:sub(1, position - 1), text:sub(position + 1)
      if not (before:match "[|:,]$" or after:match "^%s*|") then break end
    end
    position = position + 1
  end
  return text:sub(1, position - 1), (text:sub(position + 1):gsub("^%s+", ""))
end

local readers = {
  class = function(block, rest)
    rest = rest:gsub("^%(%a+%)%s*", "")
    block.class, rest = rest:match "^([%w_.]+)%s*(.*)$"
    local parent, text = rest:match "^:%s*([%w_.]+)%s*(.*)$"
    block.parent = parent
    text = text or rest
    if text ~= "" then block.text[#block.text + 1] = text end
    return block
  end,
  field = function(block, rest)
    rest = rest:gsub("^public%s+", "")
    local name, more = rest:match "^(%[.-%]%??)%s*(.*)$"
    if not name then name, more = rest:match "^(%S+)%s*(.*)$" end
    local kind, text = split_type(more)
    block.fields[#block.fields + 1] = { name, kind, text }
    return block.fields[#block.fields]
  end,
  param = function(block, rest)
    local name, more = rest:match "^(%S+)%s*(.*)$"
    local kind, text = split_type(more)
    block.params[#block.params + 1] = { name, kind, text }
    return block.params[#block.params]
  end,
  ["return"] = function(block, rest)
    local kind, text = split_type(rest)
    block.returns[#block.returns + 1] = { kind, text }
    return block.returns[#block.returns]
  end,
  private = function(block) block.private = true end,
}

local function new_block() return { text = {}, params = {}, returns = {}, fields = {} } end

local function read_comment(block, line)
  local tag, rest = line:match "^%-%-%-%s*@(%a+)%s*(.*)$"
  if not tag then
    block.text[#block.text + 1] = (line:gsub("^%-%-%-%s?", ""))
  elseif readers[tag] then
    readers[tag](block, rest)
  end
end

local function read_target(block, line)
  local owner, call, name, arguments = line:match "^function ([%w_]+)([.:])([%w_]+)(%b())"
  if not owner then owner, call, name, arguments = line:match "^([%w_]+)(%.)([%w_]+)%s*=%s*function%s*(%b())" end
  if not owner then owner, call, name = line:match "^([%w_]+)(%.)([%w_]+)%s*=" end
  if not owner then name, arguments = line:match "^local function ([%w_]+)(%b())" end
  if not name then name = line:match "^local ([%w_]+)%s*=" end
  block.owner, block.call, block.name, block.arguments = owner, call, name, arguments
end

local cache = {}

--- The documentation blocks of a Lua file, in order.
---@param path string
---@return docs.block[]
function docs.read(path)
  if cache[path] then return cache[path] end
  local blocks, block, number = {}, nil, 0
  for line in io.lines(path) do
    number = number + 1
    local trimmed = line:gsub("^%s+", "")
    if trimmed:match "^%-%-%-" and not trimmed:match "^%-%-%-%-" then
      if block and block.class and trimmed:match "^%-%-%-%s*@class" then
        block.last = number - 1
        blocks[#blocks + 1], block = block, nil
      end
      block = block or new_block()
      read_comment(block, trimmed)
    elseif block then
      block.last = number - 1
      read_target(block, trimmed)
      blocks[#blocks + 1], block = block, nil
    end
  end
  if block then
    block.last = number
    blocks[#blocks + 1] = block
  end
  cache[path] = blocks
  return blocks
end

--- The block that ends on the line above `line`.
---@return docs.block?
function docs.block_above(path, line)
  for _, block in ipairs(docs.read(path)) do
    if block.last == line - 1 then return block end
  end
end

--- The Lua files of the library, sorted.
---@return string[]
function docs.files()
  local files = {}
  local pipe = assert(io.popen "find lua/tcplab -name '*.lua' | LC_ALL=C sort")
  for path in pipe:lines() do files[#files + 1] = path end
  pipe:close()
  return files
end

--- What a Lua file says it is: the comment below its licence.
---@param path string
---@return string
function docs.summary(path)
  local lines, number = {}, 0
  for line in io.lines(path) do
    number = number + 1
    local text = number > 1 and line:match "^%-%- (.+)$"
    if number > 1 and not text then break end
    lines[#lines + 1] = text or nil
  end
  return table.concat(lines, " ")
end

-- Pages --------------------------------------------------------------------------------------------------------------------------------------

local function cell(text) return (tostring(text):gsub("|", "\\|")) end

local function write_rows(out, title, rows, named)
  if #rows == 0 then return end
  out:write("\n", named and ("| " .. title .. " | type | |\n|---|---|---|\n") or ("| " .. title .. " | |\n|---|---|\n"))
  for _, row in ipairs(rows) do
    if named then
      out:write("| `", row[1], "` | `", cell(row[2]), "` | ", cell(row[3]), " |\n")
    else
      out:write("| `", cell(row[1]), "` | ", cell(row[2]), " |\n")
    end
  end
end

local function write_text(out, lines)
  if #lines > 0 then out:write("\n", table.concat(lines, "\n"), "\n") end
end

local function write_block(out, block, classes, module)
  if block.class then
    out:write("\n## ", block.class, block.parent and " (also a " .. block.parent .. ")" or "", "\n")
    write_text(out, block.text)
    write_rows(out, "field", block.fields, true)
    return
  end
  local owner = classes[block.owner] or module
  local short = owner:match "([%w_]+)$"
  out:write("\n### ", short, block.call, block.name, block.arguments or "", "\n")
  write_text(out, block.text)
  write_rows(out, "argument", block.params, true)
  write_rows(out, "returns", block.returns, false)
end

local function is_public(block)
  if block.private then return false end
  return block.class ~= nil or (block.owner ~= nil and not block.name:match "^_")
end

--- A default as a script would write it.
local function shown(value)
  if value == math.huge then return "math.huge" end
  if type(value) == "string" then return '"' .. value .. '"' end
  return type(value) == "number" and ("%.15g"):format(value) or tostring(value)
end

local function write_tunables(out)
  local tcplab = require "tcplab"
  local profiles = tcplab.profiles()
  out:write("\n## The tunables\n\nEach is an option of a host, of connect, listen and open, and of a connection while it runs.\n\n")
  out:write("| name | unit | ", table.concat(profiles, " | "), " | |\n|---|---|", ("---|"):rep(#profiles), "---|\n")
  for _, option in ipairs(tcplab.options()) do
    local cells = { "`" .. option.name .. "`", option.unit }
    for _, profile in ipairs(profiles) do cells[#cells + 1] = "`" .. shown(option.default[profile]) .. "`" end
    cells[#cells + 1] = cell(option.doc) .. (option.aliases[1] and " Also `" .. table.concat(option.aliases, "`, `") .. "`." or "")
    out:write("| ", table.concat(cells, " | "), " |\n")
  end
end

local function write_moments(out)
  out:write "\n## The moments\n\nEach event has time, ns, order and moment, host and conn where there are such, and its moment's own fields.\n"
  for _, moment in ipairs(require "tcplab".moments) do
    out:write("\n### ", moment.name, "\n\n", moment.doc, "\n\n| field | |\n|---|---|\n")
    for _, field in ipairs(moment.fields) do out:write("| `", field[1], "` | ", cell(field[2]), " |\n") end
  end
end

local tables = { ["tcplab.options"] = write_tunables, ["tcplab.moment"] = write_moments }

local function write_page(folder, path)
  local blocks, classes = docs.read(path), {}
  local module = path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", ".")
  local public = {}
  for _, block in ipairs(blocks) do
    if block.class and block.name then classes[block.name] = block.class end
    if is_public(block) then public[#public + 1] = block end
  end
  if #public == 0 then return nil end
  local name = module .. ".md"
  local out <close> = assert(io.open(folder .. "/" .. name, "w"))
  out:write("# ", module, "\n\n", docs.summary(path), "\n")
  if tables[module] then tables[module](out) end
  for _, block in ipairs(public) do write_block(out, block, classes, module) end
  return name, module
end

-- What a script meets; all other modules are the library's inside.
local FACE = [[tcplab tcplab.network tcplab.lab tcplab.tun tcplab.host tcplab.link tcplab.fault tcplab.connection tcplab.listener tcplab.socket
  tcplab.segment tcplab.moment tcplab.hook tcplab.options tcplab.congestion tcplab.machine tcplab.tcb tcplab.task tcplab.trace tcplab.jsonl
  tcplab.diff tcplab.notation tcplab.busted tcplab.experiment tcplab.narration]]

local function write_pages(folder)
  assert(os.execute("rm -rf '" .. folder .. "' && mkdir -p '" .. folder .. "'"))
  local entries, others, face = {}, {}, {}
  for _, path in ipairs(docs.files()) do
    local name, module = write_page(folder, path)
    if name then
      entries[module] = ("- [%s](%s): %s\n"):format(module, name, docs.summary(path))
      others[#others + 1] = module
    end
  end
  local index <close> = assert(io.open(folder .. "/index.md", "w"))
  index:write "# Reference\n\nMade from the LuaCATS comments in lua/tcplab; editors read the same comments there.\n\n"
  for module in FACE:gmatch "%S+" do
    index:write((assert(entries[module], module)))
    face[module] = true
  end
  index:write "\n## Inside\n\nWhat the library is made of; a script has no need of it.\n\n"
  for _, module in ipairs(others) do
    if not face[module] then index:write(entries[module]) end
  end
  print("reference pages: " .. folder .. "/index.md")
end

if arg and (arg[0] or ""):match "docs%.lua$" then
  require "spec.helper" -- where the library is
  write_pages(assert(arg[1], "which folder?"))
end
return docs
