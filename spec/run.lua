-- SPDX-License-Identifier: MIT
-- usage: lua5.4 spec/run.lua [--virtual] [BUSTED-OPTION...] [SPEC...]
--
-- Runs the specs with busted and ends with the line `N passed, N failed, N skipped`. --virtual leaves out whatever leaves virtual time: the
-- specs tagged #live and #rock and those in spec/io. TCPLAB_BUILD names the build folder, TCPLAB_PRELOAD a library to load first (for asan).
-- Each run notes its outcomes in a file of its own; a run of all specs, be it in virtual time, leaves it as specs.txt in the build folder.

local lua = arg[-1] or "lua5.4"
local build = os.getenv "TCPLAB_BUILD" or "build"
local preload = os.getenv "TCPLAB_PRELOAD"

local function quote(word) return "'" .. word:gsub("'", "'\\''") .. "'" end

local function new_report()
  os.execute("mkdir -p " .. quote(build))
  local pipe = assert(io.popen("mktemp " .. quote(build .. "/specs.XXXXXX")))
  local path = pipe:read "l"
  pipe:close()
  return assert(path, "no file for the report could be made in " .. build)
end

local report = new_report()

local function spec_files(virtual)
  local files = {}
  local find = assert(io.popen("find spec -name '*_spec.lua' | LC_ALL=C sort"))
  for path in find:lines() do
    if not (virtual and path:match "^spec/io/") then files[#files + 1] = path end
  end
  find:close()
  return files
end

local function busted_arguments()
  local options, files, virtual = {}, {}, false
  for _, word in ipairs(arg) do
    if word == "--virtual" then
      virtual = true
    elseif word:match "^%-" then
      options[#options + 1] = word
    else
      files[#files + 1] = word
    end
  end
  local all = #files == 0 and #options == 0
  if virtual then options[#options + 1] = "--exclude-tags=live,rock" end
  if #files == 0 then files = spec_files(virtual) end
  return table.move(files, 1, #files, #options + 1, options), all
end

local function run_busted(arguments)
  local words = { "TCPLAB_REPORT=" .. quote(report), "TCPLAB_BUILD=" .. quote(build) }
  if preload then words[#words + 1] = "LD_PRELOAD=" .. quote(preload) end
  for _, word in ipairs { lua, "spec/tools/busted.lua", "-o", "spec/tools/report.lua" } do words[#words + 1] = quote(word) end
  for _, word in ipairs(arguments) do words[#words + 1] = quote(word) end
  return os.execute(table.concat(words, " "))
end

local function read_report()
  local count, begun, ended = { success = 0, failure = 0, error = 0, pending = 0, outside = 0 }, nil, false
  for line in io.lines(report) do
    local outcome, name = line:match "^(%S+) (.*)$"
    if outcome == "begin" then
      begun = name
    elseif outcome == "end" then
      ended = true
    elseif count[outcome] then
      count[outcome] = count[outcome] + 1
      if outcome ~= "outside" then begun = nil end
    end
  end
  return count, begun, ended
end

local arguments, all = busted_arguments()
local _, how, code = run_busted(arguments)
local count, begun, ended = read_report()
if all and ended then
  assert(os.rename(report, build .. "/specs.txt"))
else
  os.remove(report)
end
local failed = count.failure + count.error + count.outside
if not ended then
  print(("\nthe specs ended early (%s %d)%s"):format(how, code, begun and ", in: " .. begun or ""))
  failed = failed + 1
elseif code ~= 0 and failed == 0 then
  print(("\nbusted ended with %s %d"):format(how, code))
  failed = 1
end
if count.success == 0 and failed == 0 and count.pending == 0 then
  print "\nno spec was run"
  failed = 1
end
print(("%d passed, %d failed, %d skipped"):format(count.success, failed, count.pending))
os.exit(failed == 0)
