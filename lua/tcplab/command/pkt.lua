-- SPDX-License-Identifier: MIT
-- tcplab pkt: packetdrill's scripts, run against a profile in virtual time.

local exit = require "tcplab.command.exit"
local folder = require "tcplab.base.folder"
local process = require "tcplab.command.process"
local profiles = require "tcplab.connection.profile"

local pkt = { summary = "Run packetdrill's scripts against a profile, in virtual time." }

pkt.examples = [[
Examples:
  tcplab pkt spec/pkt
  tcplab pkt --profile freebsd -j 2 -o junit tests > results.xml
  tcplab pkt --tolerance_usecs 500 -D TFO_COOKIE=3021b9d889017eeb x.pkt
  tcplab pkt --trace build failing.pkt     build/failing.pcapng, for Wireshark

A folder means all .pkt files below it. Nothing is executed: commands in
backticks and code in %{ }% are interpreted. What a script asks for and is not
done here makes it "unsupported", which is no pass. The symbol FreeBSD, Linux or
STANDARD is defined for #ifdef, as the profile says.

-o json tells { all, passed, failed, unsupported, syntax, scripts }, a script
{ path, verdict, line, column, time, message, expected, actual, ladder }.

Exit codes: 0 all passed; 1 not all; 2 wrong usage, or no such file; 3 the rock
lpeg (or, for JSON or -j, dkjson) is missing.]]

local function symbol(text)
  local name, value = text:match "^([%a_][%w_]*)=(.*)$"
  if name then return { name, value } end
  if text:find "^[%a_][%w_]*$" then return { text, "1" } end
  return nil, "-D: '" .. text .. "' is not NAME or NAME=VALUE"
end

local function part(text)
  local i, n = text:match "^(%d+)/(%d+)$"
  i, n = tonumber(i), tonumber(n)
  if i and i >= 1 and i <= n then return { i, n } end
  return nil, "--part: '" .. text .. "' is not as 1/2"
end

local function jobs(text)
  local count = math.tointeger(tonumber(text))
  if count and count >= 1 and count <= 256 then return count end
  return nil, "-j: '" .. text .. "' is not a number from 1 to 256"
end

local function is_profile(text)
  for _, name in ipairs(profiles.names()) do
    if name == text then return text end
  end
  return nil, ("--profile: there is no '%s'; there are %s"):format(text, table.concat(profiles.names(), ", "))
end

function pkt.describe(parser)
  parser:argument("paths", "Scripts, and folders of scripts."):args "+"
  parser:option("--profile", "Whose TCP is looked at.", "linux"):argname "NAME":convert(is_profile)
  parser:option("-j --jobs", "How many processes share the scripts.", "1"):argname "N":convert(jobs)
  parser:option("-o --output", "How results are told.", "plain"):choices { "plain", "tap", "junit", "json", "jsonl" }
  parser:option("--trace", "Save the trace of each script in this folder, for Wireshark."):argname "DIR"
  parser:option("-D --define", "Define a symbol. Several are allowed."):argname "NAME=VALUE":count "*":convert(symbol)
  parser:option("--tolerance_usecs", "How far times may be off, where a script says nothing."):argname "N"
  parser:option("--tolerance_percent", "The same, of what is waited for."):argname "N"
  parser:flag("--strict_segments", "Segments that a script tells as one must be one.")
  parser:option("--part", "Of the scripts every Nth alone, from the Ith on."):argname "I/N":convert(part)
end

-- ---- the scripts ----

local function scripts_of(options)
  local list, chosen = {}, {}
  for _, path in ipairs(options.paths) do
    local files, message = folder.files(path, ".pkt")
    if not files then return nil, message end
    table.move(files, 1, #files, #list + 1, list)
  end
  if #list == 0 then return nil, "there are no .pkt files" end
  if not options.part then return list end
  for i = options.part[1], #list, options.part[2] do chosen[#chosen + 1] = list[i] end
  return chosen
end

local function settings_of(options)
  local settings = { tolerance_usecs = options.tolerance_usecs, tolerance_percent = options.tolerance_percent }
  if options.strict_segments then settings.strict_segments = "" end
  return settings
end

local function runner(options)
  local defined = {}
  for _, pair in ipairs(options.define) do defined[pair[1]] = pair[2] end
  return { profile = options.profile, settings = settings_of(options), defined = defined, ladder = true }
end

-- ---- one process ----

local function trace_path(directory, path) return directory .. "/" .. path:gsub("%.pkt$", ""):gsub("^[./]+", ""):gsub("/", "-") .. ".pcapng" end

local function save_into(how, directory, path)
  how.trouble = nil
  function how.see(net)
    local saved, message = net.trace:save(trace_path(directory, path))
    if not saved then how.trouble = message end
  end
end

local function alone(options, scripts, each)
  local how = runner(options)
  local packetdrill = require "tcplab.packetdrill"
  for _, path in ipairs(scripts) do
    if options.trace then save_into(how, options.trace, path) end
    local result, message = packetdrill.run(path, how)
    message = message or how.trouble
    if message then return exit.complain(message, exit.USAGE) end
    each(result)
  end
end

-- ---- several ----

local function child(options, words, i)
  local list = { process.program(words), "pkt -o jsonl --profile", options.profile, ("--part %d/%d"):format(i, options.jobs) }
  local function add(option, value) list[#list + 1] = option .. " " .. process.quote(value) end
  if options.trace then add("--trace", options.trace) end
  for _, pair in ipairs(options.define) do add("-D", pair[1] .. "=" .. pair[2]) end
  if options.tolerance_usecs then add("--tolerance_usecs", options.tolerance_usecs) end
  if options.tolerance_percent then add("--tolerance_percent", options.tolerance_percent) end
  if options.strict_segments then list[#list + 1] = "--strict_segments" end
  list[#list + 1] = "--"
  for _, path in ipairs(options.paths) do list[#list + 1] = process.quote(path) end
  return assert(io.popen(table.concat(list, " ")))
end

-- Each child runs every Nth script; read in turn they are in order again.
local function together(options, words, scripts, each)
  local decode = require "dkjson".decode
  local children = {}
  for i = 1, options.jobs do children[i] = child(options, words, i) end
  local trouble
  for i = 1, #scripts do
    local line = children[(i - 1) % options.jobs + 1]:read "l"
    if not line then
      trouble = "a process ended before its scripts did"
      break
    end
    each(decode(line))
  end
  for _, handle in ipairs(children) do handle:close() end
  return trouble and exit.complain(trouble, exit.FAILED)
end

-- ---- all ----

local function missing(name) return exit.complain(("the rock %s is missing (luarocks install %s)"):format(name, name), exit.ENVIRONMENT) end

local function wanting(options)
  if not pcall(require, "lpeg") then return missing "lpeg" end
  local wants_json = options.jobs > 1 or options.output:find "json"
  if wants_json and not pcall(require, "dkjson") then return missing "dkjson" end
end

local function check(options)
  local setting = require "tcplab.packetdrill.setting"
  local trouble
  for name, value in pairs(settings_of(options)) do -- at most one is told: order hardly shows
    local ok, message = pcall(setting.set, setting.defaults "linux", name, value,
      function(expected) error(("--%s: expected %s, not '%s'"):format(name, expected, value), 0) end)
    if not ok then trouble = message end
  end
  return trouble
end

function pkt.run(options, words)
  local code = wanting(options)
  if code then return code end
  local scripts, message = scripts_of(options)
  message = message or check(options)
  if message then return exit.complain(message, exit.USAGE) end
  local report = require("tcplab.command.report." .. options.output)
  local counts = { all = 0, passed = 0, failed = 0, unsupported = 0, syntax = 0 }
  report.begin(#scripts)
  local function each(result)
    counts.all, counts[result.verdict] = counts.all + 1, counts[result.verdict] + 1
    report.one(result)
  end
  if options.jobs > 1 and not options.part then code = together(options, words, scripts, each) else code = alone(options, scripts, each) end
  if code then return code end
  report.finish(counts)
  return counts.passed == counts.all and exit.FINE or exit.FAILED
end

return pkt
