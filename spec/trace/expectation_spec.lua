-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local segments = require "tcplab.trace.segment"
local expectation = require "tcplab.trace.expectation"
local story = require "spec.story"

local function greeting()
  local s = story.new():handshake()
  s:at(30):lose(s:send("client", "DATA", 1, 1, "hello\n"), "fault")
  s:at(1030):timer("client", "retransmission", "fired")
  local again = s:send("client", "DATA", 1, 1, "hello\n", { retransmission = true })
  s:at(1040):arrive(again)
  local ack = s:send("server", "ACK", 1, 7)
  s:at(1050):arrive(ack)
  return s
end

local HANDSHAKE = "client > server  SYN\nserver > client  SYN-ACK\nclient > server  ACK\n"

local function met(text, s) return (expectation.check(text, (s or greeting()).events)) end

local function assert_met(text, s)
  local ok, report = expectation.check(text, (s or greeting()).events)
  assert.is_true(ok, report)
end

-- The last lines of the report: what differs.
local function why(text, s)
  local ok, report = expectation.check(text, (s or greeting()).events)
  assert.is_false(ok, report)
  return (report:match "\nactual:\n.-\n(%f[^\n ].*)$")
end

local function last_want(words) return HANDSHAKE .. "client > server " .. words .. "\n..." end

describe("what is expected of a trace", function()
  it("is met by the segments told one by one", function()
    assert_met [[
      0.000  client > server  SYN seq=0 win=65535
      0.010  server > client  SYN-ACK seq=0 ack=1
      +0.010 client > server  ACK seq=1 ack=1
      0.030  client > server  DATA seq=1:7 ack=1 (6) lost: fault
      +1     client > server  DATA 1:7 "hello\n" retransmission arrived
      1.040  server > client  ACK ack=7
    ]]
  end)

  it("is met by its own listing", function()
    local listing = require "tcplab.trace.listing"
    local s = greeting()
    assert_met(table.concat(listing.lines(listing.merge(listing.conversations(s.events))), "\n"), s)
    local _, _, l = helper.established { link = { loss = 0.2 } }
    local events = l.net.trace:_plain()
    assert.is_true((expectation.check(table.concat(listing.lines(listing.merge(listing.conversations(events))), "\n"), events)))
  end)

  it("is met by what print says of its segments", function()
    local net = require "tcplab".lab { seed = 3 }
    local client, server = net:host("client", { address = "fd00::1" }), net:host("server", { address = "fd00::2" })
    local link = net:link(client, server, { delay = 0.01, mtu = 9000 })
    local listener = server:listen(80, { mss = 1000 })
    link:drop("DATA", 2)
    link:filter(function(segment) -- all kinds of options, and an ICMP error
      if segment.kind == "DATA" then segment.options.user_timeout = 30 end
    end)
    local conn = assert(client:connect(server, 80))
    conn:send(("x"):rep(9000))
    net:run(1)
    local syn = net.trace:events { moment = "segment" }().segment
    server:inject(require "tcplab".segment { kind = "ICMP", source = "fd00::2", destination = "fd00::1", type = 1, code = 0, quoted = {
      source = "fd00::1", source_port = syn.source_port, destination = "fd00::2", destination_port = 80, seq = syn.seq } })
    conn:close()
    listener:close()
    net:run(5)
    local events, printed = net.trace:_plain(), {}
    for _, event in ipairs(events) do
      if event.moment == "segment" and event.point == "sent" then printed[#printed + 1] = tostring(segments.wrap(event.segment)) end
    end
    assert.is_true(#printed > 15 and table.concat(printed, "\n"):find("sack ", 1, true) ~= nil)
    assert.is_true(table.concat(printed, "\n"):find("ICMP soft type=1 code=0 about", 1, true) ~= nil)
    local ok, report = expectation.check(table.concat(printed, "\n"), events)
    assert.is_true(ok, report)
  end)

  it("is not met by fewer or more segments", function()
    assert.equal("3 segments more than expected; a last line ... would leave them out", why(HANDSHAKE))
    local data = "client > server\nclient > server\n"
    assert.equal("1 segment more than expected; a last line ... would leave it out", why(HANDSHAKE .. data))
    assert.equal("the trace has no more segments", why(HANDSHAKE .. data .. "server > client\nclient > server"))
  end)

  it("leaves out any number of segments where it says so", function()
    assert_met "..."
    assert_met(HANDSHAKE .. "...")
    assert_met(HANDSHAKE .. "...\nserver > client ACK ack=7")
    assert_met(HANDSHAKE .. "...\nclient > server\nclient > server\nserver > client\n...")
    assert_met "...\nclient > server DATA\nserver > client\n" -- not the first DATA that comes
    assert.is_false(met "...\nclient > server FIN\n...")
    assert.equal("no later segment is that", why "...\nclient > server FIN\n...")
    assert.is_false(met "...\nclient > server DATA\n...\nclient > server DATA\n...\nclient > server DATA\n...")
  end)

  it("compares each field that is told, and says how it differs", function()
    for words, message in pairs {
      ["DATA"] = false, ["ACK"] = "kind: expected ACK, got DATA", ["FIN"] = "kind: expected FIN, got DATA",
      ["1:7"] = false, ["2:7"] = "range: expected 2:7, got 1:7", ["seq=1"] = false, ["seq=0"] = "seq: expected 0, got 1",
      ["ack=2"] = "ack: expected 2, got 1", ["win=65535"] = false, ["win=1"] = "window: expected 1, got 65535", ["len=6"] = false,
      ["(5)"] = "size: expected 5, got 6", ['"hello\\n"'] = false, ['"hallo\\n"'] = 'payload: expected "hallo\\n", got "hello\\n"',
      ["lost"] = false, ["lost: fault"] = false, ["lost: queue"] = "fate: expected lost: queue, got lost: fault",
      ["arrived"] = "fate: expected arrived, got lost",
      ["retransmission"] = "remark: expected retransmission, got none", ["probe"] = "remark: expected probe, got none",
      ["CE"] = "remark: expected CE, got none", ["duplicate"] = "remark: expected duplicate, got none",
      ["corrupted"] = "remark: expected corrupted, got none", ["flags=S"] = "flags: expected S, got P.", ["URG"] = "flags: expected U, got P.",
      ["flags=.P"] = false,
      ["<mss 1460>"] = "options: expected mss 1460, got ", ["ICMP"] = "kind: expected ICMP, got DATA",
    } do
      if message then assert.equal(message, why(last_want(words)), words) else assert_met(last_want(words)) end
    end
  end)

  it("compares the options and the flags of real segments", function()
    local _, _, l = helper.established()
    local events = l.net.trace:_plain()
    local function check(text) return (expectation.check(text .. "\n...", events)) end
    assert.is_true(check "client > server SYN <mss 1460, sack ok, ts> flags=S")
    assert.is_true(check "client > server\nserver > client flags=S. <scale 3>")
    assert.is_true(check "client > server\nserver > client flags=.S")
    assert.is_false(check "client > server SYN <mss 146>")
    assert.is_false(check "client > server SYN <mss 1400>")
    assert.is_false(check "client > server SYN flags=S.")
  end)

  it("knows ends by name, address and port", function()
    local syn = "%s SYN\n..."
    for _, ends in ipairs { "client > server", "client:49152 > server:80", "10.0.0.1 > 10.0.0.2", "10.0.0.1:49152 > 10.0.0.2:80" } do
      assert_met(syn:format(ends))
    end
    assert.equal("from: expected clinet, got client", why(syn:format "clinet > server"))
    assert.equal("to: expected server:81, got server", why(syn:format "client > server:81"))
    assert.equal("from: expected 10.0.0.3, got client", why(syn:format "10.0.0.3 > server"))
  end)

  it("compares times to the digits written", function()
    local function first_data(time) return HANDSHAKE .. time .. " client > server DATA\n..." end
    for _, time in ipairs { "0.03", "0.030", "0", "0.030000000", "0.031~0.001", "+0.010", "+0.01" } do assert_met(first_data(time)) end
    assert.equal("time: expected 0.031000, got 0.030000", why(first_data "0.031"))
    assert.equal("time: expected 0.032000, got 0.030000", why(first_data "0.032~0.0019"))
    assert.equal("time: expected +0.020000, got +0.010000", why(first_data "+0.020"))
    local s = story.new():at(10.5)
    s:arrive(s:send("client", "SYN", 0))
    assert_met("0.010 client > server", s) -- on the edge of half a digit
    s = story.new():at(10.500001)
    s:arrive(s:send("client", "SYN", 0))
    assert.is_false(met("0.010 client > server", s))
  end)

  it("finds what happens at an end between the segments around it", function()
    assert_met(HANDSHAKE .. "server: SYN-RECEIVED -> ESTABLISHED\nclient > server\nclient: retransmission timer\n...")
    assert_met("client: SYN-SENT\nclient > server SYN\n0.010 server: LISTEN -> SYN-RECEIVED\nserver > client\nclient: ESTABLISHED\n...")
    assert_met("...\nserver: ESTABLISHED\n...")
    assert_met(HANDSHAKE .. "...\nclient > server DATA\n+1.000 client: retransmission timer\n...")
    assert.equal("that did not happen here", why(HANDSHAKE .. "client > server\nserver: ESTABLISHED\n+0.5 client: retransmission timer\n..."))
    assert.equal("that did not happen here", why "server: SYN-RECEIVED -> ESTABLISHED\nclient > server SYN\n...")
    assert.equal("that did not happen here", why "client: ESTABLISHED\nclient: SYN-SENT\n...")
    assert.equal("that did not happen here", why "...\nclient: CLOSE-WAIT")
    assert.equal("that did not happen here", why "...\nclient: error")
    assert.equal("that did not happen here", why(HANDSHAKE .. "client > server\nserver: retransmission timer\n..."))
  end)

  it("is read of one connection alone where one is given", function()
    local conn, _, l = helper.established()
    assert(l.client:connect("10.0.0.2", 80))
    local events = l.net.trace:_plain()
    assert.is_false((expectation.check(HANDSHAKE, events)))
    assert.is_true((expectation.check(HANDSHAKE, events, l.net.trace:_key(conn))))
  end)

  it("tells ICMP errors and damaged packets", function()
    local net = require "tcplab".lab { seed = 1 }
    local client, server = net:host("client", { address = "10.0.0.1" }), net:hand("server", { address = "10.0.0.2" })
    net:link(client, server, { delay = 0.01 })
    client:open { address = "10.0.0.2", port = 80 }
    server:expect "SYN"
    server:send { kind = "ICMP", type = 3, code = 1 }
    net:run(0.1)
    local events = net.trace:_plain()
    assert.is_true((expectation.check("...\nserver > client ICMP type 3 code 1\n...", events)))
    assert.is_true((expectation.check("...\nserver > client ICMP\n...", events)))
    assert.is_false((expectation.check("...\nserver > client ICMP type 3 code 4\n...", events)))
    assert.is_true((expectation.check("...\nserver > client ICMP soft type=3 code=1\n...", events)))
    assert.is_false((expectation.check("...\nserver > client ICMP hard\n...", events)))
    assert.is_false((expectation.check("...\nserver > client ICMP seq=1\n...", events)))
  end)

  it("is refused when it cannot be read", function()
    assert.same({ nil, "line 1, column 2: > or : expected after a host's name, got the end of the line" }, { expectation.check("a", {}) })
  end)

  it("does not go through all ways in which a long text with many gaps could fit", function()
    local s = story.new()
    for i = 1, 400 do s:at(i):arrive(s:send("client", "DATA", i, 1, "x")) end
    local steps = expectation.check(("...\nclient > server DATA\n"):rep(40) .. "client > server FIN\n", s.events)
    assert.is_false(steps)
  end)
end)

describe("the report of a trace that is not as expected", function()
  it("shows both, each with a mark where they part, and what differs", function()
    local _, report = expectation.check([[
      client > server  SYN seq=0

      server > client  SYN-ACK seq=0 ack=2  -- one too far
      ...
    ]], greeting().events)
    assert.equal([[
expected:
    client > server  SYN seq=0
  > server > client  SYN-ACK seq=0 ack=2  -- one too far
    ...
actual:
    0.000  client: CLOSED -> SYN-SENT
    0.000  client > server  SYN seq=0 win=65535
    0.010  server: LISTEN -> SYN-RECEIVED
  > 0.010  server > client  SYN-ACK seq=0 ack=1 win=65535
    0.020  client: SYN-SENT -> ESTABLISHED
    0.020  client > server  ACK seq=1 ack=1
    0.030  server: SYN-RECEIVED -> ESTABLISHED
    0.030  client > server  DATA seq=1:7 ack=1 (6) lost: fault
    1.030  client: retransmission timer
    1.030  client > server  DATA seq=1:7 ack=1 (6) retransmission
    1.040  server > client  ACK seq=1 ack=7
ack: expected 2, got 1]], report)
  end)

  it("shows no more of long ones than one wants to read", function()
    local s = story.new()
    for i = 1, 100 do s:at(i):arrive(s:send("client", "DATA", i, 1, "x")) end
    local _, report = expectation.check(("client > server\n"):rep(60) .. "client > server FIN\n" .. ("client > server\n"):rep(39), s.events)
    assert.equal(2, select(2, report:gsub("%(52 more before%)", "")))
    assert.is_truthy(report:find("  > client > server FIN\n", 1, true))
    assert.is_truthy(report:find("  > 0.061  client > server  DATA seq=61:62 ack=1 (1)\n", 1, true))
    assert.equal(40, select(2, report:gsub("\n", "")))
  end)

  it("marks the end where something is missing", function()
    local _, report = expectation.check(HANDSHAKE .. "client > server FIN", story.new():handshake().events)
    assert.is_truthy(report:find("  > client > server FIN\nactual:", 1, true))
    assert.is_truthy(report:find("  > (nothing more)\nthe trace has no more segments", 1, true))
    _, report = expectation.check("client > server SYN", greeting().events)
    assert.is_truthy(report:find("    client > server SYN\n  > (nothing more)\nactual:", 1, true))
  end)
end)
