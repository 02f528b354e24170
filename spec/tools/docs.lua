-- SPDX-License-Identifier: MIT
-- usage: lua5.4 spec/tools/docs.lua FOLDER     Writes a reference page for each module of lua/tcplab that has public documentation.
-- The pages are made from the LuaCATS comments there, which editors with a Lua language server read as they stand: they need no further files.
-- The tables of the tunables, the profiles and the moments are made from the library itself, which must have been built.
--
-- A block of code in a comment, ```lua ... ```, is an example. It runs as it stands after docs.before, and after docs.connected where it names conn
-- or peer without making them. What it prints stands behind `-->`. One that begins with ```lua live needs a TUN device.
-- As a module: read(path), block_above(path, line), examples(), script(example).

local docs = {}

---@class docs.block
---@field text string[] description, line by line
---@field params table[] { name, type, text }
---@field returns table[] { type, text }
---@field fields table[] { name, type, text }
---@field class? string
---@field parent? string
---@field alias? string what it names
---@field is? string an alias's type
---@field name? string of the function or table below the comment
---@field owner? string what the name is a field of
---@field call? string ":" or "."
---@field arguments? string
---@field last integer the comment's last line
---@field examples docs.example[]
---@field private? boolean

---@class docs.example
---@field path string
---@field line integer where its code begins
---@field code string
---@field live boolean
---@field block docs.block

--- What every example finds.
docs.before = [[
local tcplab = require "tcplab"
local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2" })
local link = net:link(client, server, { delay = 0.010 })
local listener = server:listen(80)
]]

--- What those find too that name conn or peer.
docs.connected = [[
local conn = assert(client:connect(server, 80))
local peer = assert(listener:accept())
]]

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
  alias = function(block, rest)
    block.alias, block.is = rest:match "^([%w_.]+)%s*(.*)$"
    return block
  end,
  private = function(block) block.private = true end,
}

local function new_block() return { text = {}, params = {}, returns = {}, fields = {}, examples = {} } end

-- A line of an example, its indentation kept.
local function read_code(block, line)
  local code = line:match "^%-%-%-(.*)$"
  block.text[#block.text + 1] = code
  if code:match "^```" then
    block.open = nil
  else
    block.open.code = block.open.code .. code .. "\n"
  end
end

local function begin_code(block, text, path, number)
  block.open = { path = path, line = number + 1, code = "", live = text:match "^```lua live" ~= nil, block = block }
  block.examples[#block.examples + 1] = block.open
  block.text[#block.text + 1] = "```lua"
end

-- Text goes on with what the last tag began.
local function read_text(block, text)
  local row = block.row
  if not row then
    block.text[#block.text + 1] = text
  else
    row[#row] = row[#row] .. " " .. text
  end
end

local function read_comment(block, line, path, number)
  if block.open then return read_code(block, line) end
  local tag, rest = line:match "^%-%-%-%s*@(%a+)%s*(.*)$"
  local text = line:gsub("^%-%-%-%s?", "")
  if tag then
    local row = readers[tag] and readers[tag](block, rest)
    block.row = row ~= block and row or nil
  elseif text:match "^```lua" then
    begin_code(block, text, path, number)
  else
    read_text(block, text)
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
      read_comment(block, trimmed, path, number)
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

--- The Lua files of the library, sorted, but for the types that are made from it.
---@return string[]
function docs.files()
  local files = {}
  local pipe = assert(io.popen "find lua/tcplab -name '*.lua' ! -path lua/tcplab/types.lua | LC_ALL=C sort")
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

-- Examples -----------------------------------------------------------------------------------------------------------------------------------

--- The examples of all files, in order.
---@return docs.example[]
function docs.examples()
  local list = {}
  for _, path in ipairs(docs.files()) do
    for _, block in ipairs(docs.read(path)) do table.move(block.examples, 1, #block.examples, #list + 1, list) end
  end
  return list
end

local function names(code, word) return code:find("%f[%w_]" .. word .. "%f[^%w_]") and not code:find("local [%w_, ]*" .. word .. "%f[^%w_]") end

--- An example as a script that runs.
---@param example docs.example
---@return string
function docs.script(example)
  if example.live then return 'local tcplab = require "tcplab"\n' .. example.code end
  local connected = (names(example.code, "conn") or names(example.code, "peer")) and docs.connected or ""
  return docs.before .. connected .. example.code
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
      out:write("| `", cell(row[1]), "` | ", cell(row[2]:gsub("%s%s+", ": ")), " |\n")
    end
  end
end

local function write_text(out, lines)
  if #lines > 0 then out:write("\n", table.concat(lines, "\n"), "\n") end
end

-- What a block is called on its page and in the index, and its anchor there.
local function title_of(block, page)
  if block.title then return block.title end
  if block.alias then return block.alias end
  if block.class then return block.class end
  local owner = page.classes[block.owner] or page.module
  return owner:match "([%w_]+)$" .. block.call .. block.name
end

local function anchor(title) return (title:gsub("[.:]", "-")) end

-- The block of the page whose example calls this one, which has none.
local function shown_by(block, page)
  if not block.name or #block.examples > 0 then return nil end
  for _, other in ipairs(page.public) do
    for _, example in ipairs(other.examples) do
      if example.code:find("[.:]" .. block.name .. "%f[^%w_]") then return other end
    end
  end
end

local function write_block(out, block, page)
  local title = title_of(block, page)
  out:write(('\n<a id="%s"></a>\n'):format(anchor(title)))
  if block.class or block.alias then
    out:write("\n## ", title, block.parent and " (also a " .. block.parent .. ")" or "", "\n")
    if block.is and block.is ~= "" then out:write("\n`", block.is, "`\n") end
    write_text(out, block.text)
    write_rows(out, "field", block.fields, true)
    return
  end
  out:write("\n### ", title, block.arguments or "", "\n")
  write_text(out, block.text)
  write_rows(out, "argument", block.params, true)
  write_rows(out, "returns", block.returns, false)
  local other = shown_by(block, page)
  if other then out:write(("\nFor an example see [%s](#%s).\n"):format(title_of(other, page), anchor(title_of(other, page)))) end
end

local function is_public(block)
  if block.private then return false end
  if block.class then return #block.text + #block.fields > 0 end -- else it is a part of a class that is told elsewhere
  return block.alias ~= nil or (block.owner ~= nil and not block.name:match "^_")
end

-- Every row of a table of fields, with what it is.
local function write_list(out, title, rows)
  out:write("\n| ", title, " | |\n|---|---|\n")
  for _, row in ipairs(rows) do out:write("| `", row[1], "` | ", cell(row[2]), " |\n") end
end

--- A default as a script would write it.
local function shown(value)
  if value == math.huge then return "math.huge" end
  if type(value) == "string" then return '"' .. value .. '"' end
  return type(value) == "number" and ("%.15g"):format(value) or tostring(value)
end

local function range_of(option)
  if option.choices then return table.concat(option.choices, ", ") end
  if option.unit == "boolean" then return "" end
  return shown(option.minimum) .. " to " .. shown(option.maximum)
end

local function write_tunables(out)
  local tcplab = require "tcplab"
  local profiles = tcplab.profiles()
  out:write("\n## The tunables\n\nEach is an option of a host, of connect, listen and open, and of a connection while it runs.\n\n")
  out:write("| name | unit | range | ", table.concat(profiles, " | "), " | |\n|---|---|---|", ("---|"):rep(#profiles), "---|\n")
  for _, option in ipairs(tcplab.options()) do
    local cells = { ('<a id="%s"></a>`%s`'):format(option.name, option.name), option.unit, cell(range_of(option)) }
    for _, profile in ipairs(profiles) do cells[#cells + 1] = "`" .. shown(option.default[profile]) .. "`" end
    cells[#cells + 1] = cell(option.doc) .. (option.aliases[1] and " Also `" .. table.concat(option.aliases, "`, `") .. "`." or "")
    out:write("| ", table.concat(cells, " | "), " |\n")
  end
end

local function write_differences(out, sheet)
  out:write("\n| option | value | ", sheet.base, " | known from |\n|---|---|---|---|\n")
  for _, row in ipairs(sheet.differences) do
    out:write(("| `%s` | `%s` | `%s` | %s |\n"):format(row.option, shown(row.value), shown(row.base), cell(row.witness)))
  end
end

local function write_profiles(out)
  local tcplab = require "tcplab"
  out:write "\n## The profiles\n\nEach is a base and what is otherwise there, with its witness. A value that is not named is the base's.\n"
  for _, name in ipairs(tcplab.profiles()) do
    local sheet = tcplab.profile(name)
    local base = sheet.base and " Its base is `" .. sheet.base .. "`." or ""
    out:write(('\n<a id="%s"></a>\n\n### %s\n\n%s%s\n'):format(anchor(name), name, sheet.doc, base))
    if sheet.differences[1] then write_differences(out, sheet) end
  end
end

local SYSTEMS <const> = { linux = "Linux's sysctls", freebsd = "FreeBSD's sysctls", socket = "Socket options" }

-- What kernels call the tunables.
local function write_kernel_names(out)
  local tcplab, system = require "tcplab", nil
  out:write "\n## Kernels' names\n\nThey take the kernel's own units. Those with a dash for tunables have no counterpart, and raise; "
  out:write "those without any say what is always so here, or are passed over.\n"
  for _, kernels in ipairs(tcplab.kernel_names()) do
    if kernels.system ~= system then
      system = kernels.system
      out:write("\n### ", SYSTEMS[system], "\n\n| name | tunables | values | |\n|---|---|---|---|\n")
    end
    local options = kernels.options[1] and "`" .. table.concat(kernels.options, "`, `") .. "`" or kernels.taken and "" or "–"
    local values = kernels.values and "`" .. table.concat(kernels.values, "`, `") .. "`" or ""
    out:write(("| `%s` | %s | %s | %s |\n"):format(kernels.name, options, values, cell(kernels.doc or "")))
  end
end

local function write_reasons(out)
  out:write '\n<a id="reasons"></a>\n\n## The reasons\n\nWhy a packet was dropped on its way, or refused by the host it came to.\n'
  local rows = {}
  for i, reason in ipairs(require "tcplab".reasons) do rows[i] = { reason.name, reason.point .. ": " .. reason.doc } end
  write_list(out, "reason", rows)
end

local function write_moments(out)
  out:write "\n## The moments\n\nEach event has time, ns, order and moment, host and conn where there are such, and its moment's own fields.\n"
  for _, moment in ipairs(require "tcplab".moments) do
    out:write('\n<a id="', moment.name, '"></a>\n\n### ', moment.name, "\n\n", moment.doc, "\n")
    write_list(out, "field", moment.fields)
  end
  write_reasons(out)
end

local function write_variables(out)
  out:write "\n## The variables\n"
  local rows = {}
  for i, field in ipairs(require "tcplab".tcb_fields()) do
    rows[i] = { field.name, field.doc .. (field.writable and "" or "; can only be read") }
  end
  write_list(out, "variable", rows)
end

-- The help of a verb, as the command prints it.
local function write_command(out)
  for _, name in ipairs(require "tcplab.command".verbs) do
    local verb = require("tcplab.command." .. name)
    local parser = require "argparse" ("tcplab " .. name, verb.summary, verb.examples)
    verb.describe(parser)
    out:write('\n<a id="', name, '"></a>\n\n## tcplab ', name, "\n\n```text\n", parser:get_help(), "\n```\n")
  end
end

local tables = {
  ["tcplab.connection.profile"] = write_profiles, ["tcplab.connection.kernel_name"] = write_kernel_names,
  ["tcplab.connection.tunables"] = write_tunables, ["tcplab.connection.tcb"] = write_variables,
  ["tcplab.trace.moment"] = write_moments, ["tcplab.command"] = write_command,
}

-- The functions of tcplab itself, from where they are written.
local function face_functions()
  local tcplab, blocks = require "tcplab", {}
  for _, field in ipairs(docs.read "lua/tcplab/init.lua"[1].fields) do
    local f = rawget(tcplab, field[1])
    local source = type(f) == "function" and debug.getinfo(f, "S")
    local block = source and docs.block_above(source.source:match "lua/tcplab/.*", source.linedefined)
    if block then blocks[#blocks + 1] = setmetatable({ title = "tcplab." .. field[1] }, { __index = block }) end
  end
  return blocks
end

local function read_page(path)
  local page = { path = path, module = path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", "."), classes = {}, public = {} }
  for _, block in ipairs(docs.read(path)) do
    if block.class and block.name then page.classes[block.name] = block.class end
    if is_public(block) then page.public[#page.public + 1] = block end
  end
  if page.module == "tcplab" then table.move(face_functions(), 1, 100, #page.public + 1, page.public) end
  return page
end

local function write_page(folder, page)
  local out <close> = assert(io.open(folder .. "/" .. page.module .. ".md", "w"))
  out:write("# ", page.module, "\n\n", docs.summary(page.path), "\n")
  if tables[page.module] then tables[page.module](out) end
  for _, block in ipairs(page.public) do write_block(out, block, page) end
end

-- Index --------------------------------------------------------------------------------------------------------------------------------------

-- What a script meets, by what it is about; all other modules are the library's inside.
local FACE = {
  { "The library", "tcplab" },
  { "The network", "tcplab.lab", "tcplab.net.network", "tcplab.net.topology", "tcplab.net.switch", "tcplab.net.run", "tcplab.net.wait",
    "tcplab.net.scheduler", "tcplab.net.task", "tcplab.tun" },
  { "The host", "tcplab.net.host", "tcplab.net.open", "tcplab.net.packet" },
  { "The host played by hand", "tcplab.net.hand", "tcplab.net.hand.conversations", "tcplab.net.hand.handshake", "tcplab.net.hand.conversation" },
  { "The listener", "tcplab.connection.listener", "tcplab.connection.accept" },
  { "The connection", "tcplab.connection.connection", "tcplab.connection.send", "tcplab.connection.receive", "tcplab.connection.blocking",
    "tcplab.connection.close", "tcplab.connection.options", "tcplab.connection.ends", "tcplab.connection.socket" },
  { "The kernel's end", "tcplab.net.kernel", "tcplab.connection.kernel.connection", "tcplab.connection.kernel.listener",
    "tcplab.connection.kernel.options" },
  { "The link, faults and floods", "tcplab.net.link", "tcplab.net.fault", "tcplab.net.flood" },
  { "The segment", "tcplab.trace.segment" },
  { "Moments", "tcplab.trace.moment", "tcplab.net.hook" },
  { "The machine and its variables", "tcplab.connection.machine", "tcplab.connection.tcb" },
  { "Congestion control and options", "tcplab.connection.congestion", "tcplab.connection.tunables",
    "tcplab.connection.profile", "tcplab.connection.kernel_name" },
  { "The trace and its pictures", "tcplab.net.trace", "tcplab.draw.ladder", "tcplab.draw.picture", "tcplab.draw.view", "tcplab.save.jsonl",
    "tcplab.diff", "tcplab.trace.difference" },
  { "Experiments", "tcplab.experiment", "tcplab.narration" },
  { "Questions", "tcplab.probe", "tcplab.probe.subject.program" },
  { "Specs", "tcplab.busted", "tcplab.trace.notation" },
  { "The command line", "tcplab.command", "tcplab.netstat" },
}

local function first_sentence(text)
  return ((text .. " A"):match "^(.-)%.%s+[%u`]" or text):gsub("[:.]$", "")
end

local function description(block)
  local lines = {}
  for _, line in ipairs(block.text) do
    if line == "" or line:match "^```" then break end
    lines[#lines + 1] = line
  end
  return first_sentence(table.concat(lines, " "))
end

-- Names that stand in tables: title, description.
local function options_listed()
  local rows = {}
  for i, option in ipairs(require "tcplab".options()) do rows[i] = { option.name, option.doc } end
  return rows
end

local function profiles_listed()
  local rows = {}
  for i, name in ipairs(require "tcplab".profiles()) do rows[i] = { "profile " .. name, require "tcplab".profile(name).doc, anchor(name) } end
  return rows
end

local function moments_listed()
  local rows = {}
  for i, moment in ipairs(require "tcplab".moments) do rows[i] = { moment.name, moment.doc } end
  return rows
end

local function verbs_listed()
  local rows = {}
  for i, name in ipairs(require "tcplab.command".verbs) do rows[i] = { "tcplab " .. name, require("tcplab.command." .. name).summary, name } end
  return rows
end

local function assertions_listed()
  local rows = {}
  for _, block in ipairs(docs.read "lua/tcplab/busted.lua") do
    if block.class == "tcplab.assertions" then
      for i, field in ipairs(block.fields) do rows[i] = { "assert." .. field[1], field[3], "tcplab-assertions" } end
    end
  end
  return rows
end

local POLICIES <const> = { isn = true, admit = true, rto = true, delay_ack = true, congestion = true }

local function policies_listed()
  local rows = {}
  for _, block in ipairs(docs.read "lua/tcplab/net/host.lua") do
    for _, field in ipairs(block.class == "tcplab.host_options" and block.fields or {}) do
      local name = field[1]:gsub("%?$", "")
      if POLICIES[name] then rows[#rows + 1] = { "policy " .. name, field[3], "tcplab-host_options" } end
    end
  end
  return rows
end

local listed = {
  ["tcplab.net.host"] = policies_listed, ["tcplab.connection.profile"] = profiles_listed,
  ["tcplab.connection.tunables"] = options_listed, ["tcplab.trace.moment"] = moments_listed,
  ["tcplab.command"] = verbs_listed, ["tcplab.busted"] = assertions_listed,
}

local function write_entry(out, title, page, target, text)
  out:write(("- [`%s`](%s.md#%s) %s\n"):format(title, page.module, target, text))
end

-- The modules whose plain functions a script calls; of the others it knows the types and methods alone.
local LOADED <const> = { tcplab = true, ["tcplab.experiment"] = true, ["tcplab.narration"] = true, ["tcplab.probe"] = true }

local function is_met(block, page)
  if block.class or block.alias then return not (block.text[#block.text] or ""):match "Private%.$" end
  return block.title ~= nil or block.call == ":" or LOADED[page.module]
end

local function write_module(out, page)
  local told = {}
  for _, block in ipairs(page.public) do
    local title = title_of(block, page)
    if is_met(block, page) then write_entry(out, title, page, anchor(title), description(block)) end
    told[title] = true
  end
  if page.module == "tcplab" then
    for _, field in ipairs(page.public[1].fields) do
      if not told["tcplab." .. field[1]] then write_entry(out, "tcplab." .. field[1], page, "tcplab", field[3]) end
    end
  end
  for _, row in ipairs(listed[page.module] and listed[page.module]() or {}) do
    write_entry(out, row[1], page, row[3] or row[1], first_sentence(row[2]))
  end
end

local function write_examples_head(out)
  out:write("\n## The examples\n\nEach example is run by the specs. What it finds is this:\n\n```lua\n", docs.before, "```\n\n")
  out:write("One that speaks of `conn` and `peer` finds these too, and what it prints stands behind `-->`:\n\n```lua\n", docs.connected, "```\n")
end

local function write_index(folder, pages)
  local out <close> = assert(io.open(folder .. "/index.md", "w"))
  out:write "# Reference\n\nMade from the LuaCATS comments in lua/tcplab, which editors with a Lua language server read as they stand.\n"
  out:write [[
Seconds, bytes and bits per second throughout. Misuse raises, and names the argument; what the network does comes back as `nil`, a message and a
code. A name with a `?` may be left out, or be nil. A script requires `tcplab`, which gives all else; tcplab.busted, tcplab.experiment,
tcplab.narration, tcplab.netstat and tcplab.probe by themselves. A page bears the name of the file that it was made from. What profiles and real
kernels answer stands in probe.md, made by `tcplab probe --table`.
]]
  write_examples_head(out)
  local face = {}
  for _, group in ipairs(FACE) do
    out:write("\n## ", group[1], "\n\n")
    for i = 2, #group do
      face[group[i]] = true
      write_module(out, assert(pages[group[i]], group[i]))
    end
  end
  out:write "\n## Inside\n\nWhat the library is made of; a script has no need of it.\n\n"
  for _, page in ipairs(pages) do
    if not face[page.module] then out:write(("- [%s](%s.md): %s\n"):format(page.module, page.module, docs.summary(page.path))) end
  end
end

local function write_pages(folder)
  assert(os.execute("rm -rf '" .. folder .. "' && mkdir -p '" .. folder .. "'"))
  local pages = {}
  for _, path in ipairs(docs.files()) do
    local page = read_page(path)
    if #page.public > 0 or tables[page.module] then
      write_page(folder, page)
      pages[#pages + 1], pages[page.module] = page, page
    end
  end
  write_index(folder, pages)
  print("reference pages: " .. folder .. "/index.md")
end

if arg and (arg[0] or ""):match "docs%.lua$" then
  require "spec.helper" -- where the library is
  write_pages(assert(arg[1], "which folder?"))
end
return docs
