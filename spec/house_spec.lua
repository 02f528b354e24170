-- SPDX-License-Identifier: MIT
-- The folders, what stands in them, and which way the arrows run: lua -> csrc/lua -> { lab, io } -> tcp.
local helper = require "spec.helper"
local rockspec = require "spec.tools.rockspec"
local types = require "spec.tools.types"

local function load_rockspec()
  local values = {}
  assert(loadfile("tcplab-scm-1.rockspec", "t", values))()
  return values
end

local function set(list)
  local members = {}
  for _, name in ipairs(list) do members[name] = true end
  return members
end

--- Each #include of a folder's C files: found(path, name), name with its brackets or quotes.
local function each_include(folder, found)
  for _, path in ipairs(helper.files(folder, "%.[ch]$")) do
    for name in helper.read(path):gmatch '#%s*include%s*([<"][^>"]+[>"])' do found(path, name) end
  end
end

local function includes_beyond(folder, allowed)
  local wrong = {}
  each_include(folder, function(path, name)
    for _, pattern in ipairs(allowed) do
      if name:match(pattern) then return end
    end
    wrong[#wrong + 1] = path .. " includes " .. name
  end)
  return table.concat(wrong, "\n")
end

-- The C library as far as it neither reads a clock nor a file, allocates, nor knows a floating point number.
local pure = {}
for name in ("assert inttypes limits stdalign stdarg stdatomic stdbool stddef stdint stdnoreturn string"):gmatch "%a+" do
  pure[#pure + 1] = "^<" .. name .. "%.h>$"
end
pure[#pure + 1] = "^<immintrin%.h>$" -- the compiler's own, for a function with an attribute of its own, chosen at run time

local function with(more)
  local all = table.move(pure, 1, #pure, 1, {})
  return table.move(more, 1, #more, #all + 1, all)
end

--- C text without comments, strings and character constants.
local function code_of(path)
  return (helper.read(path):gsub("/%*.-%*/", " "):gsub("//[^\n]*", " "):gsub('\\.', ""):gsub('"[^"\n]*"', '""'):gsub("'[^'\n]*'", "0"))
end

local function words_in(folder, words)
  local forbidden, found = set(words), {}
  for _, path in ipairs(helper.files(folder, "%.[ch]$")) do
    for word in code_of(path):gmatch "[%a_][%w_]*" do
      if forbidden[word] then found[#found + 1] = path .. ": " .. word end
    end
  end
  return table.concat(found, "\n")
end

--- The path that a quoted name in an #include of path leads to.
local function target(path, name)
  local folders = {}
  for part in (path:match "^(.*)/" .. "/" .. name):gmatch "[^/]+" do
    if part == ".." then table.remove(folders) else folders[#folders + 1] = part end
  end
  return table.concat(folders, "/")
end

--- The files of some folders without their endings, a source and its header being one, in order; and what each includes, as a function.
local function include_graph(folders)
  local names, includes = {}, {}
  for _, folder in ipairs(folders) do
    for _, path in ipairs(helper.files(folder, "%.[ch]$")) do
      local name = path:gsub("%.[ch]$", "")
      if not includes[name] then names[#names + 1], includes[name] = name, {} end
    end
    each_include(folder, function(path, quoted)
      local from, to = path:gsub("%.[ch]$", ""), quoted:match '^"(.*)%.h"$'
      to = to and target(path, to)
      if to and to ~= from then table.insert(includes[from], to) end
    end)
  end
  return names, function(name) return includes[name] or {} end
end

--- The circles that a search through names meets, as a text; reached(name) lists those that it names.
local function circles(names, reached)
  local way, on_way, over, found = {}, {}, {}, {}
  local function visit(name)
    if on_way[name] then found[#found + 1] = table.concat(way, " -> ", on_way[name]) .. " -> " .. name end
    if on_way[name] or over[name] then return end
    way[#way + 1], on_way[name] = name, #way + 1
    for _, other in ipairs(reached(name)) do visit(other) end
    way[#way], on_way[name], over[name] = nil, nil, true
  end
  for _, name in ipairs(names) do visit(name) end
  return table.concat(found, "\n")
end

--- Who calls whom among the C files, as the linker sees it: names without their endings, in order, and what each calls or reads of another, as
--- a function. A header that many share hides no arrow here.
local function call_graph()
  helper.need("nm", "Debian package binutils")
  local names, defined, wanted = {}, {}, {}
  local objects = helper.quote(helper.build .. "/obj")
  for line in helper.shell("find " .. objects .. " -name '*.o' -exec nm -g -A {} +"):gmatch "[^\n]+" do
    local name, kind, symbol = line:match "/obj/([%w_/.-]+)%.o:%x* *(%a) (tl_[%w_]+)$"
    local source = name and io.open("csrc/" .. name .. ".c") -- else it has moved since it was compiled
    if source then
      source:close()
      if not wanted[name] then names[#names + 1], wanted[name] = name, {} end
      if kind == "U" then table.insert(wanted[name], symbol) else defined[symbol] = name end
    end
  end
  table.sort(names)
  return names, function(name)
    local called = {}
    for _, symbol in ipairs(wanted[name]) do
      if defined[symbol] and defined[symbol] ~= name then called[#called + 1] = defined[symbol] end
    end
    return called
  end
end

local update = "bring it up to date with: lua5.4 spec/tools/rockspec.lua"

describe("the rockspec", function()
  it("lists the C sources of the tree, all and no others", function()
    assert.same(rockspec.sources(), load_rockspec().build.modules["tcplab.core"].sources, update)
  end)

  it("lists the Lua modules of the tree, all and no others", function()
    local listed, there = load_rockspec().build.modules, {}
    listed["tcplab.core"] = nil
    for _, module in ipairs(rockspec.modules()) do there[module[1]] = module[2] end
    assert.same(there, listed, update)
  end)

  it("installs the experiments and their narration, all and no others", function()
    local there = {}
    for _, pair in ipairs(rockspec.experiments()) do there[pair[1]] = pair[2] end
    assert.is_truthy(there["tcplab.examples.handshake"] and there["tcplab.examples.narration.zh"])
    assert.same(there, load_rockspec().build.install.lua, update)
  end)

  it("declares every rock that the library requires, and Lua 5.4 without an upper bound", function()
    local declared = set(load_rockspec().dependencies)
    assert.is_true(declared["lua >= 5.4"])
    for _, path in ipairs(helper.files("lua", "")) do
      for name in helper.read(path):gmatch 'require%s*%(?%s*["\']([%w_.]+)["\']' do
        assert.is_true(declared[name] or name:match "^tcplab%f[%W]" ~= nil, path .. " requires " .. name)
      end
    end
  end)
end)

describe("the top folder", function()
  it("holds only what belongs there", function()
    local allowed = set {
      ".git", ".ci", ".gitignore", ".editorconfig", ".luacheckrc", ".busted", ".clang-format", ".clang-tidy", ".luarc.json", ".luarocks-debian.lua",
      "build", "csrc", "lua", "spec", "examples", "findings", "tcplab-scm-1.rockspec", "Makefile", "README.md", "LICENSE", "CHANGELOG.md",
    }
    for name in helper.shell("ls -A"):gmatch "[^\n]+" do assert.is_true(allowed[name], name .. " does not belong at the top") end
  end)

  it("has in csrc the four parts alone", function()
    assert.equal("io\nlab\nlua\ntcp\n", (helper.shell "ls -A csrc"))
  end)
end)

describe("the arrows", function()
  it("leave csrc/tcp with nothing but itself and the pure part of the C library", function()
    assert.equal("", includes_beyond("csrc/tcp", with { '^"[%w_]+%.h"$', '^"%.%./[%w_]+/[%w_]+%.h"$', '^"%.%./tcp%.h"$', '^"[%w_]+/[%w_]+%.h"$' }))
  end)

  it("let csrc/lab see the protocol and neither Lua nor libuv", function()
    assert.equal("", includes_beyond("csrc/lab", with { '^"[%w_]+%.h"$', '^"%.%./tcp/[%w_/]+%.h"$', "^<stdlib%.h>$", "^<stdio%.h>$" }))
  end)

  it("let csrc/io see neither the lab nor Lua", function()
    each_include("csrc/io", function(path, name)
      assert.is_nil(name:match "lab/" or name:match "^<l?ua" or name:match "lauxlib" or name:match "/lua/", path .. " includes " .. name)
    end)
  end)

  it("let nothing below include the binding", function()
    for _, part in ipairs { "tcp", "lab", "io" } do
      each_include("csrc/" .. part, function(path, name)
        assert.is_nil(name:match "lua%.h" or name:match "binding%.h", path .. " includes " .. name)
      end)
    end
  end)

  it("run in no circle through the files of csrc, a header and its source being one", function()
    assert.equal("", circles(include_graph { "csrc/tcp", "csrc/lab", "csrc/io", "csrc/lua" }))
    local graph = { a = { "b" }, b = { "c" }, c = { "b", "d" }, d = {} }
    assert.equal("b -> c -> b", circles({ "a", "b", "c", "d" }, function(name) return graph[name] end))
  end)

  it("run in no circle of calls either", function()
    local names, called = call_graph()
    assert.equal("tcp/store/blocks", called("tcp/store/ring")[1])
    assert.equal("", circles(names, called))
  end)

  it("let a room of csrc/tcp reach those to its right alone; open, receive and close reach one another never", function()
    local place, wrong = {}, {}
    for i, rooms in ipairs { "stack profile", "open receive close", "send", "recover", "control", "record", "machine", "store", "wire" } do
      for room in rooms:gmatch "%a+" do place[room] = i end
    end
    local function look(path, from, what, to)
      if not from or not to or from == to then return end -- the face, which all may see; one of the same room
      if place[from] >= place[to] then wrong[#wrong + 1] = path .. what end
    end
    each_include("csrc/tcp", function(path, name)
      local from = path:match "^csrc/tcp/(%a+)/"
      assert.is_truthy(not from or place[from], path .. ": a room without a place")
      look(path, from, " includes " .. name, name:match '^"%.%./(%a+)/')
    end)
    local names, called = call_graph()
    for _, name in ipairs(names) do
      for _, other in ipairs(called(name)) do look(name, name:match "^tcp/(%a+)/", " calls " .. other, other:match "^tcp/(%a+)/") end
    end
    assert.equal("", table.concat(wrong, "\n"))
  end)

  it("leave no file of csrc/tcp with more than 400 lines", function()
    local long = {}
    for _, path in ipairs(helper.files("csrc/tcp", "%.[ch]$")) do
      local _, count = helper.read(path):gsub("\n", "\n")
      if count > 400 then long[#long + 1] = ("%s has %d lines"):format(path, count) end
    end
    assert.equal("", table.concat(long, "\n"))
  end)

  it("keep the clock in csrc/io", function()
    local clocks = { "clock_gettime", "gettimeofday", "uv_hrtime", "uv_now", "timespec_get" }
    for _, part in ipairs { "tcp", "lab", "lua" } do assert.equal("", words_in("csrc/" .. part, clocks)) end
  end)

  it("keep floating point out of everything that decides", function()
    for _, part in ipairs { "tcp", "lab" } do assert.equal("", words_in("csrc/" .. part, { "float", "double" })) end
  end)

  it("keep malloc out of csrc/tcp", function()
    assert.equal("", words_in("csrc/tcp", { "malloc", "calloc", "realloc", "rand", "random", "getenv" }))
  end)
end)

-- The rooms of lua/tcplab from left to right: a module may require those of its own room and of the rooms to its right.
local PUBLIC_FACE <const> = "public face" -- the top folder
local ROOMS <const> = { "command", "packetdrill", "probe", PUBLIC_FACE, "uml", "net", "connection", "save", "draw", "trace", "base" }

-- What a script, a spec or an editor may name. All other modules are the library's inside, and may change their names.
local PUBLIC <const> = {
  "tcplab", "tcplab.busted", "tcplab.diff", "tcplab.experiment", "tcplab.kernel", "tcplab.lab", "tcplab.narration", "tcplab.netstat",
  "tcplab.packetdrill", "tcplab.probe", "tcplab.tun", "tcplab.types",
}

-- Those of them that are a room's own face.
local FACES <const> = { ["tcplab.packetdrill"] = true, ["tcplab.probe"] = true }

local function room_of(path) return path:match "^lua/tcplab/([%w_]+)/" or PUBLIC_FACE end

--- The names of the modules of lua/tcplab, sorted, and their paths by name.
local function modules()
  local names, paths = {}, {}
  for i, module in ipairs(rockspec.modules()) do names[i], paths[module[1]] = table.unpack(module) end
  return names, paths
end

--- The modules that a module requires or has in strings, for a require later on; a string that ends in a dot stands for a whole folder.
local function reached_from(name, names, paths)
  local text = ("\n" .. helper.read(paths[name])):gsub("\n%s*%-%-[^\n]*", "\n")
  local reached = {}
  for before, named in text:gmatch '([^\n"]*)"(tcplab[%w_.]*)"' do
    for _, other in ipairs(names) do
      local is_meant = other == named or named:match "%.$" and other:sub(1, #named) == named
      if is_meant and other ~= name and (named:find(".", 1, true) or before:match "require%W*$") then reached[#reached + 1] = other end
    end
  end
  return reached
end

describe("the rooms of lua/tcplab", function()
  local names, paths = modules()

  it("have each a place among the arrows", function()
    local place = set(ROOMS)
    for _, name in ipairs(names) do assert.is_truthy(place[room_of(paths[name])], paths[name] .. " stands in a room without arrows") end
  end)

  it("require nothing to their left", function()
    local place, wrong = {}, {}
    for i, room in ipairs(ROOMS) do place[room] = i end
    for _, name in ipairs(names) do
      for _, other in ipairs(reached_from(name, names, paths)) do
        if place[room_of(paths[other])] < place[room_of(paths[name])] then wrong[#wrong + 1] = name .. " requires " .. other end
      end
    end
    assert.equal("", table.concat(wrong, "\n"))
  end)

  it("hold no circle of files", function()
    assert.equal("", circles(names, function(name) return reached_from(name, names, paths) end))
  end)

  it("leave at the top the public modules alone", function()
    local top = {}
    for _, name in ipairs(names) do
      if room_of(paths[name]) == PUBLIC_FACE or FACES[name] then top[#top + 1] = name end
    end
    assert.same(PUBLIC, top)
  end)

  it("are required by no experiment, and by no text for those who write scripts", function()
    local public, wrong = set(PUBLIC), {}
    local texts = helper.files("examples", "")
    texts[#texts + 1] = "README.md"
    for _, path in ipairs(texts) do
      for name in helper.read(path):gmatch 'require%s*%(?%s*["\'](tcplab[%w_.]*)' do
        if not public[name] then wrong[#wrong + 1] = path .. " requires " .. name end
      end
    end
    assert.equal("", table.concat(wrong, "\n"))
  end)

  it("hold files of at most 400 lines, but for the types, which are made", function()
    local long = {}
    for _, name in ipairs(names) do
      local count = select(2, helper.read(paths[name]):gsub("\n", ""))
      if count > 400 and paths[name] ~= types.PATH then long[#long + 1] = ("%s has %d lines"):format(paths[name], count) end
    end
    assert.equal("", table.concat(long, "\n"))
  end)
end)

describe("the clock of what is outstanding", function()
  it("is armed in csrc/tcp/recover/clock.c alone, and set or stopped by nothing else", function()
    local doors = {}
    for _, path in ipairs(helper.files("csrc/tcp", "%.c$")) do
      local code = code_of(path)
      if code:match "tl_clock_arm%(s, t, %a" then doors[#doors + 1] = path end
      for call in code:gmatch "tl_%a+_timer%(s, t, (TL_TIMER_%u+)" do
        for _, name in ipairs { "RETRANSMISSION", "PERSIST", "PROBE", "REORDER" } do
          assert.are_not.equal("TL_TIMER_" .. name, call, path)
        end
      end
    end
    assert.same({ "csrc/tcp/recover/clock.c" }, doors)
  end)
end)

describe("the library built", function()
  local function symbols(path)
    helper.need("nm", "Debian package binutils")
    local output, code = helper.shell("nm -g --defined-only " .. path)
    assert.equal(0, code, output)
    local names = {}
    for name in output:gmatch "%x+ %a ([^\n]+)" do names[#names + 1] = name end
    return names
  end

  it("exports luaopen_tcplab_core and nothing else", function()
    helper.need("nm", "Debian package binutils")
    local output = helper.shell("nm -D --defined-only " .. helper.build .. "/lib/tcplab/core.so | grep -v ' __\\?\\(asan\\|odr_asan\\)'")
    local names = {}
    for name in output:gmatch "%x+ %a ([^\n]+)" do names[#names + 1] = name end
    assert.same({ "luaopen_tcplab_core" }, names)
  end)

  it("marks each symbol of its C parts with tl_", function()
    for _, part in ipairs { "tcp", "lab", "io" } do
      for _, name in ipairs(symbols(helper.build .. "/libtcplab-" .. part .. ".a")) do
        assert.is_truthy(name:match "^tl_" or name:match "asan", part .. " defines " .. name)
      end
    end
  end)

  it("needs from the C library, in the protocol, memory functions at most", function()
    helper.need("nm", "Debian package binutils")
    local allowed = set {
      "memcpy", "memset", "memcmp", "memmove", "memchr", "strlen", "strcmp", "strncmp", "strchr", "__stack_chk_fail", "__assert_fail",
      "_GLOBAL_OFFSET_TABLE_", "__cpu_model", "__cpu_indicator_init",
    }
    local output = helper.shell("nm -u " .. helper.build .. "/libtcplab-tcp.a")
    for name in output:gmatch "%f[%w]U ([^\n]+)" do
      assert.is_truthy(allowed[name] or name:match "^tl_" or name:match "^__%a*san_" or name:match "^__%a+san", "csrc/tcp calls " .. name)
    end
  end)
end)

describe("the command", function()
  it("runs from anywhere and through a link, with no variables set", function()
    local folder = helper.folder()
    local link = folder .. "/lab"
    assert.equal("", (helper.shell(("ln -s \"$PWD/%s/tcplab\" %s"):format(helper.build, link))))
    local keep = 'PATH="$PATH" LD_PRELOAD="$LD_PRELOAD" ASAN_OPTIONS="$ASAN_OPTIONS"'
    local output, code = helper.shell(('root=$PWD; cd / && env -i %s "$root/%s" --version'):format(keep, link))
    assert.equal(0, code, output)
    assert.is_truthy(output:match "tcplab", output)
  end)
end)

describe("who reads what strangers wrote", function()
  it("has a fuzz target", function()
    local targets, readers = require("spec.fuzz.readers").targets, {}
    for _, path in ipairs(helper.files("lua/tcplab", "%.lua$")) do
      local text = helper.read(path)
      local reads = text:find "json%.decode" or text:find 'require%("dkjson"%)%.decode' or text:find 'require "lpeg"'
      if reads then readers[path] = targets[path] or "none" end
    end
    assert.same(targets, readers)
  end)
end)

describe("the texts", function()
  it("carry the licence in their first lines", function()
    local lacking = {}
    for _, folder in ipairs { "csrc", "lua", "spec", "examples" } do
      for _, path in ipairs(helper.files(folder, "%.[chl]u?a?$")) do
        if not helper.read(path):sub(1, 200):find("SPDX-License-Identifier: MIT", 1, true) then lacking[#lacking + 1] = path end
      end
    end
    assert.equal("", table.concat(lacking, "\n"))
  end)
end)
