-- SPDX-License-Identifier: MIT
-- The experiments, all of them: each shows what it says, cannot show it when its point is taken away, speaks each language, and fits the page.
-- Wants are written from the trace: the states of each host, and the segments in the order of their sending. "lost" is one that was dropped on
-- the way, "again" a retransmission, "refused" one that its receiver threw away.
local helper = require "spec.helper"
local columns = require "tcplab.base.columns"
local experiments_list = require "spec.tools.experiments"
local narration = require "tcplab.narration"
local settings = require "tcplab.base.settings"

local globals = package.loaded._G -- those of the experiments, not busted's

local function printed_into(lines)
  return function(...)
    local words = table.pack(...)
    for i = 1, words.n do words[i] = tostring(words[i]) end
    lines[#lines + 1] = table.concat(words, "\t")
  end
end

-- Runs an experiment here. Returns { ok =, trouble = its error, nets =, hashes =, it = the experiment, printed = }.
local function run(name, language, ...)
  local told, lines, real_print, script = { nets = {}, hashes = {} }, {}, globals.print, assert(loadfile("examples/" .. name .. ".lua"))
  settings.on_network = function(net) table.insert(told.nets, net) end
  settings.on_close = function(net) told.hashes[net] = net.trace:hash() end
  settings.on_experiment = function(it_is) told.it = it_is end
  settings.language, globals.print = language, printed_into(lines)
  told.ok, told.trouble = pcall(script, ...)
  globals.print = real_print
  settings.on_network, settings.on_close, settings.on_experiment, settings.language = nil, nil, nil, nil
  told.printed = table.concat(lines, "\n") .. "\n"
  for i, net in ipairs(told.nets) do told.hashes[i] = told.hashes[net] or net.trace:hash() end
  return told
end

local function states_of(net, host)
  local states = {}
  for e in net.trace:events { host = host, moment = "state" } do states[#states + 1] = e.to end
  return table.concat(states, " ")
end

-- "client SYN", "server SYN-ACK lost" ...
local function segments_of(net)
  local list, by_packet = {}, {}
  for e in net.trace:events { moment = "segment" } do
    local told = by_packet[e.packet]
    if not told then
      told = { e.from.name .. " " .. e.segment.kind .. (e.segment.retransmission and " again" or "") }
      by_packet[e.packet] = told
      list[#list + 1] = told
    end
    if e.point == "dropped" then told[#told + 1] = "lost" end
    if e.point == "refused" then told[#told + 1] = "refused" end
  end
  for i, told in ipairs(list) do list[i] = table.concat(told, " ") end
  return list
end

-- The sequence of a handshake, of a teardown after it.
local function after_handshake(...) return { "client SYN", "server SYN-ACK", "client ACK", ... } end

local OPEN_CLIENT, OPEN_SERVER = "SYN-SENT ESTABLISHED", "SYN-RECEIVED ESTABLISHED"

-- For some experiments and each of their networks: the states of the hosts, the segments; and the claim that fails without the point.
local wants = {
  handshake = {
    fails = "heard",
    { client = OPEN_CLIENT, server = OPEN_SERVER, segments = after_handshake() },
  },
  teardown = {
    fails = "client",
    {
      client = OPEN_CLIENT .. " FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED", server = OPEN_SERVER .. " CLOSE-WAIT LAST-ACK CLOSED",
      segments = after_handshake("client FIN", "server ACK", "server FIN", "client ACK"),
    },
  },
  three_segments = {
    fails = "three",
    {
      client = OPEN_CLIENT .. " FIN-WAIT-1 TIME-WAIT CLOSED", server = OPEN_SERVER .. " CLOSE-WAIT LAST-ACK CLOSED",
      segments = after_handshake("client FIN", "server FIN", "client ACK"),
    },
  },
  half_close = {
    fails = "whole",
    {
      client = OPEN_CLIENT .. " FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED", server = OPEN_SERVER .. " CLOSE-WAIT LAST-ACK CLOSED",
      segments = after_handshake("client DATA", "client FIN", "server ACK", "server ACK", "server DATA", "client ACK", "server DATA",
        "client ACK", "server DATA", "server FIN", "client ACK"),
    },
  },
  simultaneous_open = {
    fails = "states",
    {
      anna = "SYN-SENT SYN-RECEIVED ESTABLISHED", bert = "SYN-SENT SYN-RECEIVED ESTABLISHED",
      segments = { "anna SYN", "bert SYN", "bert SYN-ACK", "anna SYN-ACK", "anna DATA", "bert ACK" },
    },
  },
  simultaneous_close = {
    fails = "closing",
    {
      client = OPEN_CLIENT .. " FIN-WAIT-1 CLOSING TIME-WAIT CLOSED", server = OPEN_SERVER .. " FIN-WAIT-1 CLOSING TIME-WAIT CLOSED",
      segments = after_handshake("client FIN", "server FIN", "server ACK", "client ACK"),
    },
  },
  lost_handshake = {
    fails = "one_timeout",
    { client = OPEN_CLIENT, server = OPEN_SERVER, segments = { "client SYN lost", "client SYN again", "server SYN-ACK", "client ACK" } },
    {
      client = OPEN_CLIENT, server = OPEN_SERVER,
      segments = { "client SYN", "server SYN-ACK lost", "client SYN again refused", "server SYN-ACK again", "client ACK" },
    },
    {
      client = OPEN_CLIENT, server = OPEN_SERVER,
      segments = { "client SYN", "server SYN-ACK", "client ACK lost", "server SYN-ACK again refused", "client ACK" },
    },
  },
  last_ack = {
    fails = "heard",
    {
      client = OPEN_CLIENT .. " FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED", server = OPEN_SERVER .. " CLOSE-WAIT LAST-ACK CLOSED",
      segments = after_handshake("client FIN", "server ACK", "server FIN", "client ACK lost", "server FIN again refused", "client ACK"),
    },
  },
  duplicate_acks = {
    fails = "at_once",
    {
      server = "SYN-RECEIVED ESTABLISHED",
      segments = {
        "hand SYN", "server SYN-ACK", "hand ACK", "server DATA", "server DATA", "server DATA", "server DATA", "server DATA", "hand ACK", "hand ACK",
        "hand ACK", "hand ACK", "server DATA again",
      },
    },
  },
  stale_syn = {
    fails = "two",
    {
      client = "", hasty = "ESTABLISHED CLOSED", careful = "SYN-RECEIVED CLOSED",
      segments = {
        "client SYN", "client SYN", "hasty SYN-ACK refused", "hasty DATA refused", "careful SYN-ACK refused", "client RST", "client RST refused",
        "client RST",
      },
    },
  },
  early_data = {
    fails = "third_carries",
    { client = OPEN_CLIENT, server = OPEN_SERVER, segments = { "client SYN", "server SYN-ACK", "client DATA", "server ACK" } },
  },
  syn_data = {
    fails = "aside",
    { client = "", server = OPEN_SERVER, segments = { "client SYN", "server SYN-ACK lost", "client ACK", "server ACK lost" } },
  },
  refusal = {
    fails = "refused",
    {
      client = "SYN-SENT CLOSED SYN-SENT CLOSED", server = "",
      segments = {
        "client SYN refused", "server RST", "client SYN lost", "client SYN again lost", "client SYN again lost", "client SYN again lost",
        "client SYN again lost", "client SYN again lost", "client SYN again lost", "client SYN again lost",
      },
    },
  },
  duplicates = {
    fails = "told_ack_lost",
    {
      client = OPEN_CLIENT, server = OPEN_SERVER,
      segments = after_handshake("client DATA lost", "client DATA again", "server ACK", "client DATA", "server ACK"),
    },
    {
      client = OPEN_CLIENT, server = OPEN_SERVER,
      segments = after_handshake("client DATA", "server ACK lost", "client DATA again refused", "server ACK", "client DATA", "server ACK"),
    },
    {
      client = OPEN_CLIENT, server = OPEN_SERVER,
      segments = after_handshake("client DATA refused", "client DATA again", "server ACK", "server ACK", "client DATA", "server ACK"),
    },
  },
}

wants.tour = {
  fails = "timeout",
  {
    client = OPEN_CLIENT .. " FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED", server = OPEN_SERVER .. " CLOSE-WAIT LAST-ACK CLOSED",
    segments = {
      "client SYN", "server SYN-ACK lost", "client SYN again refused", "server SYN-ACK again", "client ACK", "client DATA", "server ACK",
      "client FIN", "server ACK", "server FIN", "client ACK",
    },
  },
}

local function widest(text)
  local width = 0
  for line in text:gmatch "[^\n]*" do width = math.max(width, columns.width(line)) end
  return width
end

local function check_networks(wanted, nets)
  assert.equal(#wanted, #nets)
  for i, want in ipairs(wanted) do
    for host, states in pairs(want) do
      if host ~= "segments" then assert.equal(states, states_of(nets[i], host), host) end
    end
    if want.segments then assert.same(want.segments, segments_of(nets[i])) end
  end
end

local function keys_of(texts)
  local keys = {}
  for key in pairs(texts or {}) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

-- The keys that these runs said or claimed.
local function keys_used(list, ...)
  local used = {}
  for _, told in ipairs { ... } do
    for _, each in ipairs(told.it[list]) do used[each.key] = true end
  end
  return keys_of(used)
end

-- Where a Chinese character and a Latin letter or a digit stand without a space between them.
local function touching(text)
  return text:find "[\xe4-\xe9][\x80-\xbf][\x80-\xbf][%w]" or text:find "[%w][\xe4-\xe9][\x80-\xbf][\x80-\xbf]"
end

-- ---- each of them ----

for _, name in ipairs(narration.names()) do
  local told = narration.of(name, "en")

  describe("the experiment " .. name, function()
    if told.kernel then return end -- spec/io runs it
    local english, chinese, without

    setup(function()
      english, chinese, without = run(name, "en"), run(name, "zh"), run(name, "en", "without")
    end)

    it("shows what it says", function()
      assert.is_true(english.ok, english.trouble)
      assert.is_true(#english.it.claims > 0, "it claims nothing")
      if wants[name] then check_networks(wants[name], english.nets) end
    end)

    it("does not, without its point", function()
      assert.is_false(without.ok)
      local last = without.it.claims[#without.it.claims]
      assert.is_truthy(last and not last.holds, tostring(without.trouble))
      assert.is_truthy(tostring(without.trouble):find(last.text, 1, true), without.trouble)
      if wants[name] then assert.equal(wants[name].fails, last.key) end
      assert.is_string(told.without, "it does not say what is different")
    end)

    it("says and claims all that its narration holds", function()
      assert.same(keys_of(told.says), keys_used("said", english, without))
      assert.same(keys_of(told.claims), keys_used("claims", english, without))
    end)

    it("is the same twice, in one process and in two", function()
      local again = run(name, "en")
      assert.equal(english.printed, again.printed)
      assert.same(english.hashes[1], again.hashes[1])
      for i, hash in ipairs(english.hashes) do assert.equal(hash, again.hashes[i]) end
      local output, code = helper.shell(("%s/tcplab run --twice %s"):format(helper.build, name))
      assert.equal(0, code, output)
    end)

    it("speaks Chinese, of the same run", function()
      assert.is_true(chinese.ok, chinese.trouble)
      assert.not_equal(english.printed, chinese.printed)
      for i, hash in ipairs(english.hashes) do assert.equal(hash, chinese.hashes[i]) end
      assert.is_true(widest(chinese.printed) <= 80, chinese.printed)
    end)

    it("puts a space between Chinese and Latin letters", function()
      local it_is = chinese.it
      for _, each in ipairs(it_is.said) do assert.is_nil(touching(each.text), each.text) end
      for _, each in ipairs(it_is.claims) do assert.is_nil(touching(each.text), each.text) end
      assert.is_nil(touching(it_is.narration.question), it_is.narration.question)
    end)

    it("is over at once: not much happens in it", function()
      if told.slow then return end
      local events = 0
      for _, net in ipairs(english.nets) do events = events + net:counters().events end
      assert.is_true(events <= 200000, events .. " events")
    end)

    it("prints no line wider than 80 columns", function()
      assert.is_true(widest(english.printed) <= 80, english.printed)
      assert.is_true(widest((helper.shell(("LC_ALL=C %s/tcplab run %s"):format(helper.build, name)))) <= 80)
    end)
  end)
end

-- ---- their scripts ----

local function code_of(name)
  local lines = {}
  for line in helper.read("examples/" .. name .. ".lua"):gmatch "[^\n]+" do
    line = line:gsub("%s*%-%- .*$", "")
    if line ~= "" then lines[#lines + 1] = line end
  end
  return lines
end

local function scripts()
  local names = {}
  for _, path in ipairs(helper.files("examples", "^examples/[^/]+%.lua$")) do names[#names + 1] = path:match "([^/]+)%.lua$" end
  return names
end

describe("the experiments' scripts", function()
  it("are all told of, and there", function()
    local names = narration.names()
    table.sort(names)
    assert.same(scripts(), names)
  end)

  it("print no text of their own", function()
    for _, name in ipairs(scripts()) do
      local source = table.concat(code_of(name), "\n")
      for _, pattern in ipairs { "%f[%w_]print%f[^%w_]", "io%.write", "io%.stdout", "io%.stderr", "error%s*[%(\"']" } do
        assert.is_nil(source:find(pattern), name .. " has " .. pattern)
      end
      for literal in source:gmatch '"([^"\n]*)"' do
        assert.is_nil(literal:find "%l%l+ %l%l+ %l%l+", name .. " has prose: " .. literal)
      end
    end
  end)

  it("are short: 45 lines of code at most", function()
    for _, name in ipairs(scripts()) do assert.is_true(#code_of(name) <= 45, name .. " has " .. #code_of(name)) end
  end)
end)

-- ---- what is told of them ----

local function placeholders(text)
  local list = {}
  local function look(part)
    for braces in part:gmatch "%b{}" do
      local name, mark, rest = braces:match "^{(%a[%w_]*)([:?]?)(.*)}$"
      if name then
        list[#list + 1] = name .. mark .. (mark == ":" and rest or "")
        if mark == "?" then look(rest) end
      end
    end
  end
  look(text)
  table.sort(list)
  return table.concat(list, " ")
end

-- Whether the text has Chinese in it, or no words at all.
local function is_chinese(text)
  local words = text:gsub("%b{}", "")
  return not words:find "%a" or words:find "[\u{3000}-\u{303f}]" or words:find "[\xe4-\xe9][\x80-\xbf][\x80-\xbf]" ~= nil
end

local function compare(label, english, chinese)
  assert.is_string(chinese, label .. " has no translation")
  assert.is_truthy(is_chinese(chinese), label .. " is no Chinese: " .. chinese)
  assert.equal(placeholders(english), placeholders(chinese), label)
end

describe("the narration", function()
  it("tells of the same experiments in the same order, in both languages", function()
    local function outline(language)
      local lines = {}
      for i, chapter in ipairs(narration.chapters(language)) do
        for _, entry in ipairs(chapter) do lines[#lines + 1] = i .. " " .. entry.name end
      end
      return lines
    end
    assert.equal(#narration.chapters "en", #narration.chapters "zh")
    assert.same(outline "en", outline "zh")
  end)

  for _, name in ipairs(narration.names()) do
    it("says the same of " .. name .. " in both languages, with the same values", function()
      local english, chinese = narration.of(name, "en"), narration.of(name, "zh")
      assert.is_table(chinese, name .. " is not told of in Chinese")
      compare(name .. ": question", english.question, chinese.question)
      assert.equal(english.without ~= nil, chinese.without ~= nil)
      if english.without then compare(name .. ": without", english.without, chinese.without) end
      for _, list in ipairs { "says", "claims" } do
        assert.same(keys_of(english[list]), keys_of(chinese[list]))
        for key, text in pairs(english[list] or {}) do compare(("%s: %s.%s"):format(name, list, key), text, chinese[list][key]) end
      end
      assert.equal(english.kernel, chinese.kernel)
    end)
  end

  it("has no fields but those it is described with", function()
    local known = { name = true, chapter = true, question = true, without = true, says = true, claims = true, kernel = true, slow = true }
    for _, language in ipairs(narration.languages) do
      for _, chapter in ipairs(narration.chapters(language)) do
        assert.is_string(chapter.chapter)
        for _, entry in ipairs(chapter) do
          for field in pairs(entry) do assert.is_true(known[field], ("%s: %s"):format(entry.name, field)) end
        end
      end
    end
  end)
end)

-- ---- some of them ----

describe("the tour", function()
  it("writes the capture where it says", function()
    local capture = helper.folder() .. "/tour.pcapng"
    local told = run("tour", "en", capture)
    assert.is_true(told.ok, told.trouble)
    assert.is_truthy(told.printed:find(capture, 1, true), told.printed)
    assert.equal("\n\r\r\n", helper.read(capture):sub(1, 4))
  end)

  it("writes it to the current folder when it is not told where", function()
    local folder = helper.folder()
    local output, code = helper.shell(('root=$PWD; cd %s && "$root/%s/tcplab" run tour'):format(folder, helper.build))
    assert.equal(0, code, output)
    assert.is_truthy(output:find(": tour.pcapng (for Wireshark)\n", 1, true), output)
    assert.equal("\n\r\r\n", helper.read(folder .. "/tour.pcapng"):sub(1, 4))
  end)
end)

describe("the ladder of", function()
  for _, name in ipairs { "teardown", "simultaneous_open", "last_ack" } do
    it(name .. " is the one that was looked at", function()
      local nets = run(name, "en").nets
      assert.equal(helper.read("spec/golden/" .. name .. ".txt"), nets[1].trace:ladder { utf8 = false, color = false })
    end)
  end
end)

describe("examples/README.md", function()
  it("has a control of one's own that is kinder than Reno", function()
    local given = assert(helper.read("examples/README.md"):match '\n(client:setoption%("congestion".-\n}%)\n)')
    local net <close>, client, server, link = helper.lab { link = { rate = 10e6, queue = 20 } }
    assert(load("local client = ...\n" .. given))(client)
    link:drop("DATA", 30)
    server:listen(80)
    local conn, lowest, gentle = assert(client:connect(server, 80)), math.huge, nil
    net:on("congestion", function(e)
      if e.reason == "recovered" then lowest, gentle = e.cwnd, conn:status().congestion == "gentle" end
    end)
    net:spawn(function() server:listeners()[1]:accept():receive "*a" end)
    conn:send(("x"):rep(200000))
    conn:close()
    net:run()
    assert.is_true(gentle)
    assert.is_true(lowest > 0.7 * 30 * 1448, lowest)
  end)

  it("lists the experiments as the narration tells them", function()
    assert.equal(experiments_list.table(), experiments_list.shown(), "bring it up to date with: lua5.4 spec/tools/rockspec.lua")
  end)
end)
