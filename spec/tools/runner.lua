-- SPDX-License-Identifier: MIT
-- Spec files, each run by busted in a process of its own, several at once, longest first; their results come in the order of the files.

local runner = {}

local build = os.getenv "TCPLAB_BUILD" or "build"
runner.build = build

local preload = os.getenv "TCPLAB_PRELOAD"

-- $1 a job's number, $2 where the names of its own files begin, $3 the spec file, $4 the kernel inside of which it runs, or nothing. There the live
-- specs alone are run, but for those that need time to pass while they compute. The line on standard output says that this one has ended.
local JOB = [[
exec 3>&1 >"$2.out" 2>&1 </dev/null
trap 'kill -KILL $child; exit 130' HUP INT TERM
TCPLAB_REPORT="$2.report" TCPLAB_INSIDE="$4" %s ${4:+--tags=live --exclude-tags=realtime} "$3" 3>&- &
child=$!
wait $child
code=$?
times >"$2.times"
echo "$1 $code" >&3
]]

local function quote(word) return "'" .. word:gsub("'", "'\\''") .. "'" end

local function output_of(command)
  local pipe <close> = assert(io.popen(command))
  return pipe:read "a"
end

local function read(path)
  local file <close> = io.open(path, "rb")
  return file and file:read "a" or ""
end

-- Whole or not at all: another run may be reading.
local function write(path, text)
  local file = assert(io.open(path .. ".new", "wb"))
  assert(file:write(text))
  assert(file:close())
  assert(os.rename(path .. ".new", path))
end

-- How many processors this process may use.
function runner.cores()
  return tonumber(output_of "nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null") or 1
end

---The spec files below a folder, sorted.
---@param folder string
---@return string[]
function runner.files(folder)
  local files = {}
  for path in output_of("find " .. quote(folder) .. " -name '*_spec.lua' | LC_ALL=C sort"):gmatch "[^\n]+" do files[#files + 1] = path end
  return files
end

---What one process runs.
---@class runner.job
---@field file string
---@field inside? string  a version: inside of such a kernel, its live specs alone

local function name_of(job) return job.inside and ("%s inside of Linux %s"):format(job.file, job.inside) or job.file end

-- Seconds ---------------------------------------------------------------------------------------------------------------------------------

local SECONDS <const> = build .. "/specs.seconds"

-- What each file took when it ran last: { [file] = seconds of processor time }.
local function known_seconds()
  local seconds = {}
  for value, file in read(SECONDS):gmatch "(%S+) ([^\n]+)\n" do seconds[file] = tonumber(value) end
  return seconds
end

---The release of the newest kernel that `make kernel` has built.
---@return string? release
---@return string? message  why none can run here
function runner.kernel()
  local command = quote(build .. "/tcplab") .. " run spec/tools/kernel/possible.lua --kernel=any 2>&1 </dev/null"
  local output = output_of(command)
  local release = output:match "^(%d[%d.]*)\n$"
  return release, not release and output:match "[^\n]*" or nil
end

---Notes what the files took, for the next run.
---@param results runner.result[]
function runner.note(results)
  local lines = {}
  for i, result in ipairs(results) do lines[i] = ("%.2f %s\n"):format(result.seconds, result.file) end
  write(SECONDS, table.concat(lines))
end

-- The numbers of the jobs, those first that take longest: what was never run may take for ever, the more so the more there is of it.
local function longest_first(jobs)
  local known, order, weight = known_seconds(), {}, {}
  for i, job in ipairs(jobs) do order[i], weight[i] = i, known[name_of(job)] or 1e9 + #read(job.file) end
  table.sort(order, function(a, b)
    if weight[a] ~= weight[b] then return weight[a] > weight[b] end
    return a < b
  end)
  return order
end

-- Results ---------------------------------------------------------------------------------------------------------------------------------

-- Minutes and seconds, user's and system's, of the shell's children: the second line.
local function seconds_of(times)
  local sum = 0
  for minutes, seconds in (times:match "\n(.*)" or ""):gmatch "(%d+)m([%d.]+)s" do sum = sum + 60 * minutes + seconds end
  return sum
end

---@class runner.result
---@field file string       and the kernel inside of which it ran
---@field job runner.job
---@field code? integer     busted's exit code, 128 and more for a signal; nil where the process did not live to tell
---@field seconds number    of processor time
---@field output string     what was printed while it ran: a character a spec, and what the specs print themselves
---@field details string    of what failed or was skipped
---@field report string     an outcome a line
---@field count table<string, integer>  how often each outcome came
---@field begun? string     the spec that had begun and not ended
---@field ended boolean     whether busted came to its end

local function result_of(job, base, code)
  local result = { file = name_of(job), job = job, code = code, report = read(base .. ".report"), output = read(base .. ".out"), ended = false }
  result.details = read(base .. ".report.details"):match "^\n[^\n]*\n(.*)$" or "" -- without busted's own line of sums
  result.seconds = seconds_of(read(base .. ".times"))
  result.count = { success = 0, failure = 0, error = 0, pending = 0, outside = 0 }
  for outcome, name in result.report:gmatch "(%S+) ([^\n]*)\n" do
    if outcome == "begin" then
      result.begun = name
    elseif outcome == "end" then
      result.ended = true
    else
      result.count[outcome] = result.count[outcome] + 1
      if outcome ~= "outside" then result.begun = nil end
    end
  end
  return result
end

-- Running ---------------------------------------------------------------------------------------------------------------------------------

local function new_folder()
  local folder = output_of(("mkdir -p %s && mktemp -d %s"):format(quote(build .. "/tmp"), quote(build .. "/tmp/run.XXXXXX"))):match "[^\n]+"
  assert(folder, "no folder for the reports could be made in " .. build)
  return setmetatable({ path = folder }, { __close = function() os.execute("rm -rf " .. quote(folder)) end })
end

local function busted_command(lua, options)
  local words = { "TCPLAB_BUILD=" .. quote(build) }
  if preload then words[#words + 1] = "LD_PRELOAD=" .. quote(preload) end
  for _, word in ipairs { lua, "spec/tools/busted.lua", "-o", "spec/tools/report.lua" } do words[#words + 1] = quote(word) end
  for _, option in ipairs(options) do words[#words + 1] = quote(option) end
  return table.concat(words, " ")
end

local function start(jobs, folder, at_once, command)
  local list = {}
  for i, number in ipairs(longest_first(jobs)) do
    local job = jobs[number]
    list[i] = ("%d\0%s/%d\0%s\0%s\0"):format(number, folder, number, job.file, job.inside or "")
  end
  write(folder .. "/list", table.concat(list))
  return assert(io.popen(("xargs -0 -n 4 -P %d sh -c %s job <%s"):format(at_once, quote(JOB:format(command)), quote(folder .. "/list"))))
end

---Runs the jobs, and calls told(result) for each in their order, as soon as those before it have ended.
---@param jobs runner.job[]
---@param options { lua: string, jobs: integer, busted: string[] }  the Lua, how many jobs at once, busted's options
---@param told fun(result: runner.result)
---@return runner.result[]
function runner.run(jobs, options, told)
  local folder <close> = new_folder()
  if #jobs == 0 then return {} end
  local results, codes = {}, {}
  local function tell(i)
    results[i] = result_of(jobs[i], folder.path .. "/" .. i, codes[i])
    told(results[i])
  end
  local pipe <close> = start(jobs, folder.path, options.jobs, busted_command(options.lua, options.busted))
  for line in pipe:lines() do
    local number, code = line:match "^(%d+) (%d+)$"
    codes[tonumber(number)] = tonumber(code)
    while codes[#results + 1] do tell(#results + 1) end
  end
  while #results < #jobs do tell(#results + 1) end
  return results
end

return runner
