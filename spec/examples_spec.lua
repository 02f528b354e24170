-- SPDX-License-Identifier: MIT
-- The experiments: each shows what it says, cannot show it when its point is taken away, and fits the page.
-- Wants are written from the trace: the states of each host, and the segments in the order of their sending. "lost" is one that was dropped on
-- the way, "again" a retransmission, "refused" one that its receiver threw away.
local helper = require "spec.helper"
local settings = require "tcplab.settings"

-- Runs an experiment here. Returns whether it ended well, its networks or its error, and what it printed.
local function run(name, ...)
  local lines = {}
  local function note(...)
    local words = table.pack(...)
    for i = 1, words.n do words[i] = tostring(words[i]) end
    lines[#lines + 1] = table.concat(words, "\t")
  end
  local script, real_print, networks = assert(loadfile("examples/" .. name .. ".lua")), print, {}
  local globals = package.loaded._G -- those of the experiment, not busted's
  settings.on_network = function(network) table.insert(networks, network) end
  settings.language = "en"
  globals.print = note
  local ok, trouble = pcall(script, ...)
  globals.print = real_print
  settings.on_network, settings.language = nil, nil
  local printed = table.concat(lines, "\n") .. "\n"
  if ok then return true, networks, printed end
  return false, trouble, printed
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

-- For each experiment and each of its networks: the states of the hosts, the segments; and the word by which its claim fails without its point.
local experiments = {
  handshake = {
    fails = "that its own number had been heard",
    { client = OPEN_CLIENT, server = OPEN_SERVER, segments = after_handshake() },
  },
  teardown = {
    fails = "did not close in its four steps",
    {
      client = OPEN_CLIENT .. " FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED", server = OPEN_SERVER .. " CLOSE-WAIT LAST-ACK CLOSED",
      segments = after_handshake("client FIN", "server ACK", "server FIN", "client ACK"),
    },
  },
  three_segments = {
    fails = "more than three segments",
    {
      client = OPEN_CLIENT .. " FIN-WAIT-1 TIME-WAIT CLOSED", server = OPEN_SERVER .. " CLOSE-WAIT LAST-ACK CLOSED",
      segments = after_handshake("client FIN", "server FIN", "client ACK"),
    },
  },
  half_close = {
    fails = "the answer did not come whole",
    {
      client = OPEN_CLIENT .. " FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED", server = OPEN_SERVER .. " CLOSE-WAIT LAST-ACK CLOSED",
      segments = after_handshake("client DATA", "client FIN", "server ACK", "server ACK", "server DATA", "client ACK", "server DATA",
        "client ACK", "server DATA", "server FIN", "client ACK"),
    },
  },
  simultaneous_open = {
    fails = "did not open simultaneously",
    {
      anna = "SYN-SENT SYN-RECEIVED ESTABLISHED", bert = "SYN-SENT SYN-RECEIVED ESTABLISHED",
      segments = { "anna SYN", "bert SYN", "bert SYN-ACK", "anna SYN-ACK", "anna DATA", "bert ACK" },
    },
  },
  simultaneous_close = {
    fails = "did not close simultaneously",
    {
      client = OPEN_CLIENT .. " FIN-WAIT-1 CLOSING TIME-WAIT CLOSED", server = OPEN_SERVER .. " FIN-WAIT-1 CLOSING TIME-WAIT CLOSED",
      segments = after_handshake("client FIN", "server FIN", "server ACK", "client ACK"),
    },
  },
  lost_handshake = {
    fails = "did not cost one retransmission timeout",
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
    fails = "never heard that its FIN had arrived",
    {
      client = OPEN_CLIENT .. " FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED", server = OPEN_SERVER .. " CLOSE-WAIT LAST-ACK CLOSED",
      segments = after_handshake("client FIN", "server ACK", "server FIN", "client ACK lost", "server FIN again refused", "client ACK"),
    },
  },
  stale_syn = {
    fails = "should have fooled the hasty server",
    {
      client = "", hasty = "ESTABLISHED CLOSED", careful = "SYN-RECEIVED CLOSED",
      segments = {
        "client SYN", "client SYN", "hasty SYN-ACK refused", "hasty DATA refused", "careful SYN-ACK refused", "client RST", "client RST refused",
        "client RST",
      },
    },
  },
  early_data = {
    fails = "the third segment carries no data",
    { client = OPEN_CLIENT, server = OPEN_SERVER, segments = { "client SYN", "server SYN-ACK", "client DATA", "server ACK" } },
  },
  syn_data = {
    fails = "did not put the data aside",
    { client = "", server = OPEN_SERVER, segments = { "client SYN", "server SYN-ACK lost", "client ACK", "server ACK lost" } },
  },
  refusal = {
    fails = "the call was not refused",
    {
      client = "SYN-SENT CLOSED SYN-SENT CLOSED", server = "",
      segments = { "client SYN refused", "server RST", "client SYN lost", "client SYN again lost", "client SYN again lost", "client SYN again lost" },
    },
  },
  duplicates = {
    fails = "something else came to the server",
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

local names = {}
for name in pairs(experiments) do names[#names + 1] = name end
table.sort(names)

local function widest(text)
  local width = 0
  for line in text:gmatch "[^\n]*" do width = math.max(width, utf8.len((line:gsub("\27%[[%d;]*m", "")))) end
  return width
end

for _, name in ipairs(names) do
  local wanted = experiments[name]

  describe("the experiment " .. name, function()
    it("shows what it says", function()
      local ok, nets, printed = run(name)
      assert.is_true(ok, nets)
      assert.equal(#wanted, #nets)
      for i, want in ipairs(wanted) do
        for host, states in pairs(want) do
          if host ~= "segments" then assert.equal(states, states_of(nets[i], host), host) end
        end
        if want.segments then assert.same(want.segments, segments_of(nets[i])) end
      end
      assert.is_truthy(printed:find "%?", "it asks no question")
    end)

    it("does not, without its point", function()
      local ok, message = run(name, "without")
      assert.is_false(ok)
      assert.is_truthy(message:find(wanted.fails, 1, true), message)
    end)

    it("is the same twice, in one process and in two", function()
      local _, nets, printed = run(name)
      local _, nets_again, printed_again = run(name)
      assert.equal(printed, printed_again)
      for i, net in ipairs(nets) do assert.equal(net.trace:hash(), nets_again[i].trace:hash()) end
      local output, code = helper.shell(("%s/tcplab run --twice examples/%s.lua"):format(helper.build, name))
      assert.equal(0, code, output)
    end)

    it("prints no line wider than 80 columns", function()
      local _, _, printed = run(name)
      assert.is_true(widest(printed) <= 80, printed)
      assert.is_true(widest((helper.shell(("LC_ALL=C %s/tcplab run examples/%s.lua"):format(helper.build, name)))) <= 80)
    end)
  end)
end

describe("the tour", function()
  local function tour()
    local capture = helper.folder() .. "/tour.pcapng"
    local ok, nets, printed = run("tour", capture)
    assert.is_true(ok, nets)
    return nets[1], printed, capture
  end

  it("loses a SYN-ACK, says hello and closes in four segments", function()
    local net = tour()
    assert.equal(OPEN_CLIENT .. " FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED", states_of(net, "client"))
    assert.equal(OPEN_SERVER .. " CLOSE-WAIT LAST-ACK CLOSED", states_of(net, "server"))
    assert.same({
      "client SYN", "server SYN-ACK lost", "client SYN again refused", "server SYN-ACK again", "client ACK", "client DATA", "server ACK",
      "client FIN", "server ACK", "server FIN", "client ACK",
    }, segments_of(net))
  end)

  it("writes the capture where it says", function()
    local _, printed, capture = tour()
    assert.is_truthy(printed:find(capture, 1, true), printed)
    assert.equal("\n\r\r\n", helper.read(capture):sub(1, 4))
  end)

  it("writes it to the current folder when it is not told where", function()
    local folder = helper.folder()
    local output, code = helper.shell(("root=$PWD; cd %s && $root/%s/tcplab run $root/examples/tour.lua"):format(folder, helper.build))
    assert.equal(0, code, output)
    assert.is_truthy(output:find(": tour.pcapng (for Wireshark)\n", 1, true), output)
    assert.equal("\n\r\r\n", helper.read(folder .. "/tour.pcapng"):sub(1, 4))
  end)

  it("fits 80 columns, and is the same twice", function()
    local net, printed, capture = tour()
    local again, printed_again, capture_again = tour()
    assert.is_true(widest(printed) <= 80, printed)
    assert.equal((printed:gsub(capture, "", 1)), (printed_again:gsub(capture_again, "", 1)))
    assert.equal(net.trace:hash(), again.trace:hash())
    assert.equal(helper.read(capture), helper.read(capture_again))
  end)
end)

describe("the ladder of", function()
  for _, name in ipairs { "teardown", "simultaneous_open", "last_ack" } do
    it(name .. " is the one that was looked at", function()
      local _, nets = run(name)
      assert.equal(helper.read("spec/golden/" .. name .. ".txt"), nets[1].trace:ladder { utf8 = false, color = false })
    end)
  end
end)

describe("examples/README.md", function()
  it("has code that runs, and a control of one's own that is kinder than Reno", function()
    local blocks = {}
    for block in helper.read("examples/README.md"):gmatch "```lua\n(.-)```" do blocks[#blocks + 1] = block end
    assert.equal(2, #blocks)
    local net, client, server, link = assert(load(table.concat(blocks) .. "return net, client, server, link"))()
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

  it("tells of every experiment", function()
    local text = helper.read "examples/README.md"
    for _, path in ipairs(helper.files("examples", "^examples/[^/]+%.lua$")) do
      local name = path:match "([^/]+)%.lua$"
      assert.is_truthy(text:find(name .. ".lua", 1, true), name .. " is not told of")
      assert.is_truthy(experiments[name] or name == "tour" or name == "live", name .. " has no spec")
    end
  end)
end)
