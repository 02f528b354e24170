-- SPDX-License-Identifier: MIT
-- tcplab probe: questions asked of a TCP, packet by packet, and where two TCPs answer differently.

local answers = require "tcplab.command.probe.answers"
local arguments = require "tcplab.command.arguments"
local asking = require "tcplab.command.probe.asking"
local attempt = require "tcplab.probe.attempt"
local device = require "tcplab.command.probe.device"
local exit = require "tcplab.command.exit"
local formats = require "tcplab.save.formats"
local inside = require "tcplab.command.inside"
local list = require "tcplab.command.probe.list"
local output = require "tcplab.command.output"
local peer = require "tcplab.command.probe.peer"
local profiles = require "tcplab.connection.profile"
local narration = require "tcplab.narration"
local questions = require "tcplab.probe"
local tables = require "tcplab.command.probe.tables"

local probe = { summary = "Ask a profile or the kernel how it behaves, packet by packet; compare." }

probe.examples = [[
Examples:
  tcplab probe --list
  tcplab probe opening window --profile linux
  tcplab probe syn data_timeout --profile linux --against rfc9293
  tcplab probe mine.lua --save said.pcapng
  sudo tcplab probe --kernel --against linux-6.18
  sudo tcplab probe --kernel --json > sheet.json
  sudo tcplab probe opening --server 192.0.2.1:80
  tcplab probe --sheet sheet.json --against linux
  tcplab probe --profile-from sheet.json > device.lua

Each question is a conversation that a hand plays against a host of the
profile, in a lab of its own, in an instant; or against this machine's kernel,
in real time, in a network namespace of its own, many side by side. Times are
in seconds, to the millisecond; sequence numbers count from the initial ones. A
question of your own is a file that returns such a table as those below
lua/tcplab/probe/question.

Where a real clock ran, times may differ by one grain of a kernel's timer wheel
at that duration (4 ms below 0.256 s, 32 ms below 2.048 s, 256 ms below 16.4 s,
2.048 s below 131 s ...) for each timer that they are made of, and by 10 ms: on
a busy machine begin it with nice -n -19. What differs from the nearest profile
is told at the end.

Of a peer whose program is not ours are asked the questions that need no control
of it, at most 20 packets a second; what will be sent is printed first. What a
strict peer could take for an attack is asked about on a terminal, and left out
without one. Forwarding and translation that the way needs are printed as
commands, never set.

A saved sheet can be asked instead of a profile, and held against another. From
it comes a table of the options that its answers determine, each with the
question that is its witness: net:host(name, { profile = dofile "device.lua" }).

Exit codes: 0 asked, or nothing differs; 1 with --against, something differs,
or a question failed; 2 wrong usage; 3 there can be no TUN device, or no
namespace.]]

function probe.describe(parser)
  parser:argument("questions", "Their names, topics (such as opening), or Lua files; all there are without."):args "*"
  parser:option("--profile", "Whom to ask; rfc9293 where nobody else is named."):argname "NAME"
  arguments.kernel_or_here(parser, "Ask this machine's kernel, in real time; or, =VERSION, one that make kernel has built."):argname "[=VERSION]"
  parser:option("--server", "Ask a server, over a TUN device and this machine's routes."):argname "ADDRESS:PORT":convert(peer.endpoint)
  parser:option("--client", "Ask whoever calls this port, the same way."):argname "PORT":convert(arguments.port "--client")
  parser:option("--sheet", "Take the answers of a file that --json saved."):argname "FILE"
  parser:option("--profile-from", "Print the options that such a file's answers determine, as a Lua table."):argname "FILE"
  parser:option("--against", "Print only where this profile, or a file of answers (.json), has it otherwise."):argname "PROFILE"
  parser:option("--save", "Save what was said, of several questions each by its name: " .. formats.names() .. "."):argname "FILE"
    :convert(arguments.trace_file)
  parser:option("--jobs -j", "How many questions to ask the kernel at a time (8)."):argname "N":convert(arguments.count "--jobs")
  parser:option("--tun", "The TUN device's address for --server and --client; the one behind it speaks."):argname "ADDRESS/LENGTH"
  parser:flag("--all", "Ask a peer also what it could take for an attack.")
  parser:option("--table", "Print what every profile answers, and these files (.json) say, as tables in Markdown."):argname("FILE"):args "*"
  parser:flag("--list", "Tell the questions, and ask none.")
  parser:flag("--json", "Print as JSON.")
  arguments.language(parser)
end

-- ---- showing ----

local function show(options, sheet)
  if options.json then output.write(questions.text(sheet)) else answers.print(sheet) end
end

local function show_against(options, sheet, other)
  local differences = questions.compare(sheet, other)
  if options.json then
    output.write(answers.differences_as_json(differences, sheet.subject, other.subject))
  else
    answers.print_differences(differences, sheet.subject, other.subject)
  end
  return differences
end

-- Which profile a real TCP is nearest to, and what it has otherwise; unless that was just told.
local function show_nearest(sheet, against)
  local nearest = questions.nearest(sheet)[1]
  if nearest.count == 0 or nearest.profile == against then return end
  print(("nearest: %s, where %d of %d values differ"):format(nearest.profile, #nearest.differences, nearest.count))
  if #nearest.differences > 0 then answers.print_differences(nearest.differences, sheet.subject, nearest.profile) end
end

local function tell(options, sheet, other)
  local differences = {}
  if other then differences = show_against(options, sheet, other) else show(options, sheet) end
  if sheet.real and not options.json and (not other or #differences > 0) then show_nearest(sheet, options.against) end
  peer.tell_left_out(sheet)
  for _, it in ipairs(sheet.failed) do exit.complain(("%s: %s"):format(it.question, it.message)) end
  return #differences + #sheet.failed > 0 and exit.FAILED or exit.FINE
end

-- ---- the command ----

-- A message without the place in the library that it came from.
local function message_of(trouble) return (tostring(trouble):gsub("^[^\n]-:%d+: ", "", 1)) end

local WHOM <const> = { "profile", "kernel", "server", "client", "sheet", "profile_from" }

-- Who is asked is one; what is wrong where it is not.
local function check_whom(options)
  local first
  for _, name in ipairs(WHOM) do
    if options[name] then
      if first then return ("--%s and --%s: one of them can be asked at a time"):format(first, (name:gsub("_", "-"))) end
      first = name
    end
  end
  if not first then options.profile = "rfc9293" end
end

-- The questions that are meant; nil and what is wrong with the words.
local function read(options, names)
  local several = check_whom(options)
  if several then return nil, several end
  local ok, asked = pcall(questions.questions, names)
  if not ok then return nil, message_of(asked) end
  for _, name in pairs { options.profile, asking.profile_of(options.against) } do
    local known, trouble = pcall(profiles.sheet, name)
    if not known then return nil, message_of(trouble) end
  end
  return asked
end

local WITHOUT <const> = "without it: the profiles in a lab (--profile NAME) and saved sheets (--sheet FILE) answer all questions"

local function refuse(options, message, code)
  if options.kernel and code then message = message .. "\n" .. WITHOUT end
  return exit.complain(message, code and exit.ENVIRONMENT or exit.USAGE)
end

local function print_device(options)
  local sheet, message = questions.read(options.profile_from)
  if not sheet then return refuse(options, message) end
  output.write(device(sheet))
  return exit.FINE
end

local function print_tables(options, names, asked)
  local sheets = {}
  for i, path in ipairs(options.table) do
    local sheet, message = questions.read(path)
    if not sheet then return refuse(options, message) end
    sheets[i] = sheet
  end
  output.write(tables(asked, names, sheets, options.lang or narration.language()))
  return exit.FINE
end

local function ask(options, names, asked)
  if options.table then return print_tables(options, names, asked) end
  if options.profile_from then return print_device(options) end
  local sheet, message, code = asking.subject(options, names, #asked)
  if not sheet then return refuse(options, message, code) end
  if not options.against then return tell(options, sheet) end
  local other
  other, message = asking.other(sheet, options.against, names)
  return other and tell(options, sheet, other) or refuse(options, message)
end

function probe.run(options)
  local names = #options.questions > 0 and options.questions or nil
  local asked, wrong = read(options, names)
  if not asked then return exit.complain(wrong, exit.USAGE) end
  if options.list then
    list(asked, options)
    return exit.FINE
  end
  local refused = inside.enter(options)
  if refused then return refused end
  local ok, code = pcall(ask, options, names, asked)
  if ok then return code end
  return exit.complain(attempt.interrupted(code) and "interrupted" or tostring(code), exit.FAILED)
end

return probe
