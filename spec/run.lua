-- SPDX-License-Identifier: MIT
-- usage: lua5.4 spec/run.lua [--virtual] [--jobs=N] [-v] [BUSTED-OPTION...] [SPEC...]
--
-- Runs the specs with busted and ends with the line `N passed, N failed, N skipped`. Each file has a process of its own, as many at once as
-- there are processors or --jobs says. -v also shows each file's seconds of processor time. --virtual leaves out whatever leaves virtual time:
-- the specs tagged #live and #rock and those in spec/io. A SPEC is a file or a folder; a BUSTED-OPTION with a value is one word, --tags=live.
-- What is tagged #live, and not #realtime, also runs inside of the newest kernel that `make kernel` has built, on its virtual clock.
-- TCPLAB_BUILD names the build folder, TCPLAB_PRELOAD a library to load first (for asan).
-- A run of all specs, be it in virtual time, leaves their outcomes as specs.txt in the build folder.
package.path = "./?.lua;" .. package.path
local runner = require "spec.tools.runner"

local function is_folder(path) return os.execute("test -d '" .. path:gsub("'", "'\\''") .. "'") == true end

local function read_arguments()
  local words, told = {}, { lua = arg[-1] or "lua5.4", jobs = runner.cores(), busted = {} }
  for _, word in ipairs(arg) do
    if word == "--virtual" then
      told.virtual = true
    elseif word:match "^%-%-jobs=" then
      told.jobs = assert(math.tointeger(tonumber(word:match "=(.*)")), "how many files at once? --jobs=N")
    elseif word == "-v" or word == "--verbose" then
      told.verbose = true
    elseif word:match "^%-" then
      told.busted[#told.busted + 1] = word
    else
      words[#words + 1] = word
    end
  end
  told.all, told.plain = #words == 0, #told.busted == 0
  if told.verbose then table.insert(told.busted, "--verbose") end
  if told.virtual then table.insert(told.busted, "--exclude-tags=live,rock") end
  return told, words
end

local function spec_files(words, without_io)
  local files = {}
  for _, word in ipairs(words) do
    for _, file in ipairs(is_folder(word) and runner.files(word) or { word }) do
      if not (without_io and file:match "^spec/io/") then files[#files + 1] = file end
    end
  end
  return files
end

local function is_live(file)
  local handle <close> = io.open(file, "rb")
  return handle and handle:read "a":find("#live", 1, true) ~= nil
end

-- A job for each file, and another inside of a kernel for those with live specs; says so where there is no such kernel.
local function jobs_of(files, told)
  local jobs, live = {}, {}
  for i, file in ipairs(files) do
    jobs[i] = { file = file }
    if is_live(file) then live[#live + 1] = file end
  end
  if told.virtual or not told.plain or #live == 0 or os.getenv "TCPLAB_PRELOAD" then return jobs end
  local release, message = runner.kernel()
  if not release then print("not against a kernel on a virtual clock: " .. message) end
  for _, file in ipairs(release and live or {}) do jobs[#jobs + 1] = { file = file, inside = release } end
  return jobs
end

-- What is wrong with a file beyond its specs that failed; nil when nothing is.
local function trouble_with(result)
  local how = not result.code and "" or result.code > 128 and (" (signal %d)"):format(result.code - 128) or (" (exit %d)"):format(result.code)
  if not result.ended then
    return ("%s: ended early%s%s"):format(result.file, how, result.begun and ", in: " .. result.begun or "")
  elseif result.code ~= 0 and result.count.failure + result.count.error + result.count.outside == 0 then
    return ("%s: busted ended badly%s"):format(result.file, how)
  end
end

local function sum_up(results)
  local passed, failed, skipped = 0, 0, 0
  for _, result in ipairs(results) do
    local count, trouble = result.count, trouble_with(result)
    io.write(result.details)
    if trouble then print("\n" .. trouble) end
    passed, skipped = passed + count.success, skipped + count.pending
    failed = failed + count.failure + count.error + count.outside + (trouble and 1 or 0)
  end
  if passed + failed + skipped == 0 then
    print "\nno spec was run"
    failed = 1
  end
  print(("%d passed, %d failed, %d skipped"):format(passed, failed, skipped))
  return failed == 0
end

local function leave_outcomes(results)
  local reports = {}
  for _, result in ipairs(results) do
    if not result.ended then return end
    if not result.job.inside then reports[#reports + 1] = result.report end
  end
  local file <close> = assert(io.open(runner.build .. "/specs.txt", "w"))
  assert(file:write(table.concat(reports)))
end

local options, words = read_arguments()
local files = spec_files(options.all and { "spec" } or words, options.all and options.virtual)
local results = runner.run(jobs_of(files, options), options, function(result)
  io.write(result.output, options.verbose and (" %s %.2f s\n"):format(result.file, result.seconds) or ""):flush()
end)
print()
if options.all then runner.note(results) end
if options.all and options.plain then leave_outcomes(results) end
os.exit(sum_up(results))
