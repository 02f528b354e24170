-- SPDX-License-Identifier: MIT
-- usage: lua5.4 spec/tools/rockspec.lua        Brings up to date with the tree: the file lists of tcplab-scm-1.rockspec, the list of
-- experiments in examples/README.md, that of profiles in csrc/tcp/profile/list.h.
-- As a module: returns { sources(), modules(), experiments(), profiles() }, what those lists should be, and PROFILES, where the last one stands.

local rockspec = { PROFILES = "csrc/tcp/profile/list.h" }

local function find(folder, pattern)
  local files = {}
  local pipe = assert(io.popen("find " .. folder .. " -type f -name '" .. pattern .. "' | LC_ALL=C sort"))
  for path in pipe:lines() do files[#files + 1] = path end
  pipe:close()
  return files
end

--- The C sources of tcplab.core, the core first.
function rockspec.sources()
  local sources = {}
  for _, part in ipairs { "tcp", "lab", "io", "lua" } do
    local files = find("csrc/" .. part, "*.c")
    table.move(files, 1, #files, #sources + 1, sources)
  end
  return sources
end

--- The Lua modules, in order of their names: { { name, path }, ... }.
function rockspec.modules()
  local modules = {}
  for _, path in ipairs(find("lua/tcplab", "*.lua")) do
    local name = path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", ".")
    modules[#modules + 1] = { name, path }
  end
  table.sort(modules, function(a, b) return a[1] < b[1] end)
  return modules
end

--- The experiments and their narration, installed next to the library: { { name, path }, ... }.
function rockspec.experiments()
  local list = {}
  for _, path in ipairs(find("examples", "*.lua")) do list[#list + 1] = { "tcplab." .. path:gsub("%.lua$", ""):gsub("/", "."), path } end
  table.sort(list, function(a, b) return a[1] < b[1] end)
  return list
end

local PROFILES_HEAD <const> = [[
/* SPDX-License-Identifier: MIT */
/* The profiles of this folder, the default first; spec/tools/rockspec.lua makes it. */
#ifndef TL_PROFILE_LIST_H
#define TL_PROFILE_LIST_H

/* X(number, name) */
/* clang-format off */
]]

--- The text of the list of profiles: a file of csrc/tcp/profile each.
function rockspec.profiles()
  local names, lines = {}, { "#define TL_PROFILE_LIST(X)", "X(RFC9293, rfc9293)" }
  for _, path in ipairs(find("csrc/tcp/profile", "*.c")) do names[#names + 1] = path:match "([^/]+)%.c$" end
  table.sort(names)
  for _, name in ipairs(names) do
    local word = name:gsub("[-.]", "_")
    if name ~= "profile" and name ~= "rfc9293" then lines[#lines + 1] = ("X(%s, %s)"):format(word:upper(), word) end
  end
  return PROFILES_HEAD .. table.concat(lines, " \\\n  ") .. "\n/* clang-format on */\n\n#endif\n"
end

local function pairs_of(list, margin)
  local lines = {}
  for _, pair in ipairs(list) do lines[#lines + 1] = ("%s[%q] = %q,"):format(margin, pair[1], pair[2]) end
  return table.concat(lines, "\n")
end

local function sources()
  local lines = {}
  for _, path in ipairs(rockspec.sources()) do lines[#lines + 1] = ("        %q,"):format(path) end
  return table.concat(lines, "\n")
end

local function update(path)
  local file = assert(io.open(path))
  local text = file:read "a"
  file:close()
  local function replace(open, close, list)
    local _, from = text:find(open, 1, true)
    local to = text:find(close, from, true)
    text = text:sub(1, from) .. "\n" .. list .. "\n" .. text:sub(to)
  end
  replace("sources = {", "      },", sources())
  replace("-- Lua modules", "  },\n  install", pairs_of(rockspec.modules(), "    "))
  replace("-- Experiments", "    },\n  },\n}", pairs_of(rockspec.experiments(), "      "))
  file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

if arg and (arg[0] or ""):match "rockspec%.lua$" then
  update "tcplab-scm-1.rockspec"
  require("spec.tools.experiments").update()
  local file <close> = assert(io.open(rockspec.PROFILES, "w"))
  file:write(rockspec.profiles())
end
return rockspec
