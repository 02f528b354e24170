-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local ladder = require "tcplab.draw.ladder.svg"
local story = require "spec.story"
local svg = require "tcplab.draw.svg"
local view = require "tcplab.draw.view"
local xml = require "spec.xml"

local function width(value) return value end

local function draw(events, options, lost)
  return xml.read(ladder.draw(events, view.read(options, "save", { width = width }), lost or 0))
end

local function text_nodes(root, part)
  return xml.find(root, function(node) return node.name == "text" and node.text:find(part, 1, true) ~= nil end)
end

local function y_of(root, part) return tonumber(assert(text_nodes(root, part)[1], part .. " is missing").attributes.y) end

-- The ends of each arrow, in order.
local function arrows(root)
  local list = {}
  for _, node in ipairs(xml.of_class(root, "line")) do
    local x1, y1, x2, y2 = node.attributes.d:match "^M(%S+) (%S+)L(%S+) (%S+)$"
    list[#list + 1] = { x1 = tonumber(x1), y1 = tonumber(y1), x2 = tonumber(x2), y2 = tonumber(y2), class = node.attributes.class, hint = node[1] }
  end
  return list
end

local function text_box(node)
  local size = node.attributes.class:find "small" and 11 or node.attributes.class:find "name" and 13 or 12
  local x, y, wide = tonumber(node.attributes.x), tonumber(node.attributes.y), svg.width(node.text, size)
  local anchor = node.attributes["text-anchor"]
  if anchor == "end" then x = x - wide elseif anchor == "middle" then x = x - wide / 2 end
  return { left = x, right = x + wide, top = y - size * 0.8, bottom = y + 1, text = node.text }
end

-- Nothing level may lie over another, and nothing outside of the picture.
local function assert_tidy(root)
  local boxes = {}
  local page_width, page_height = root.attributes.viewBox:match "^0 0 (%S+) (%S+)$"
  for _, node in ipairs(xml.find(root, function(node) return node.name == "text" end)) do
    local box = text_box(node)
    assert.is_true(box.left >= 0 and box.right <= tonumber(page_width) and box.top >= 0 and box.bottom <= tonumber(page_height), box.text)
    if not node.attributes.transform then boxes[#boxes + 1] = box end
  end
  for i, one in ipairs(boxes) do
    for j = i + 1, #boxes do
      local two = boxes[j]
      local apart = one.right <= two.left or two.right <= one.left or one.bottom <= two.top or two.bottom <= one.top
      assert.is_true(apart, ("%q lies over %q"):format(one.text, two.text))
    end
  end
end

describe("a drawn ladder", function()
  it("has arrows that fall from where they left to where they came", function()
    local list = arrows(draw(story.new():handshake().events))
    assert.equal(3, #list)
    for i, arrow in ipairs(list) do
      assert.is_true(arrow.y2 > arrow.y1)
      assert.equal(i ~= 2, arrow.x2 > arrow.x1)
    end
    assert.is_true(list[2].y1 > list[1].y2)
  end)

  it("says what the text ladder says, with states and each side's clock", function()
    local root = draw(story.new():handshake().events)
    for _, part in ipairs { "client", "10.0.0.1:49152", "server", "10.0.0.2:80", "SYN seq=0 win=65535", "SYN-ACK seq=0 ack=1 win=65535",
      "ACK seq=1 ack=1", "CLOSED", "SYN-SENT", "LISTEN", "SYN-RECEIVED", "ESTABLISHED", "0.000", "0.010", "0.020", "0.030", "time, s" } do
      assert.is_true(#text_nodes(root, part) > 0, part)
    end
    assert.equal(y_of(root, "SYN-RECEIVED"), y_of(root, "0.010"))
    assert.is_truthy(arrows(root)[1].hint.text:find("SYN seq=0 win=65535; sent 0.000000000 s; delivered 0.010000000 s", 1, true))
    assert_tidy(root)
  end)

  it("shows the states as bars, one below the other", function()
    local bars = xml.of_class(draw(story.new():handshake().events), "bar")
    local classes, told = {}, {}
    for i, bar in ipairs(bars) do classes[i], told[i] = bar.attributes.class, bar[1].text end
    assert.same({ "CLOSED", "SYN-SENT", "ESTABLISHED", "LISTEN", "SYN-RECEIVED", "ESTABLISHED" }, told)
    assert.same({ "bar closed", "bar opening", "bar open", "bar closed", "bar opening", "bar open" }, classes)
    assert.equal(tonumber(bars[1].attributes.y) + tonumber(bars[1].attributes.height), tonumber(bars[2].attributes.y))
  end)

  it("lets arrows cross that crossed", function()
    local root = draw(story.simultaneous_open().events)
    local list = arrows(root)
    assert.equal(2, #list)
    assert.same({ list[1].y1, list[1].y2 }, { list[2].y1, list[2].y2 })
    assert.equal(2, #xml.of_class(root, "head"))
    assert_tidy(root)
  end)

  it("ends a loss on the way, with a cross and the reason", function()
    local s = story.new():handshake()
    s:lose(s:send("client", "DATA", 1, 1, "hello\n"), "fault")
    local root = draw(s.events)
    assert.equal(1, #xml.of_class(root, "cross"))
    assert.equal(1, #text_nodes(root, "fault"))
    local list = arrows(root)
    assert.is_true(list[4].x2 < list[1].x2 - 50)
    assert.equal(3, #xml.of_class(root, "head"))
    assert_tidy(root)
  end)

  it("dashes a retransmission in a colour of its own, after its timer", function()
    local s = story.new()
    s:lose(s:send("client", "SYN", 0), "fault")
    s:timer("client", "retransmission", "set")
    s:at(1000):timer("client", "retransmission", "fired")
    s:at(1000):arrive(s:send("client", "SYN", 0, nil, "", { retransmission = true }))
    local root = draw(s.events)
    assert.equal("dashed line again", arrows(root)[2].class)
    assert.is_true(y_of(root, "retransmission timer 1.000 s") < y_of(root, "SYN seq=0 win=65535 retransmission"))
    assert_tidy(root)
  end)

  it("cuts silences short, with a break in both lifelines", function()
    local function height(s) return tonumber(draw(s.events).attributes.height) end
    local function later(milliseconds)
      local s = story.new():handshake()
      s:at(milliseconds):arrive(s:send("client", "DATA", 1, 1, "a"))
      return s
    end
    assert.equal(0, #xml.of_class(draw(later(40).events), "faint fine"))
    assert.equal(height(later(1000)), height(later(1000000)))
    local fine = xml.find(draw(later(1000).events), function(node) return node.attributes.class == "faint fine" end)
    assert.equal(2, #fine)
  end)

  it("names the check that refused a segment, where it arrived", function()
    local s = story.new():handshake()
    local one, two = s:send("client", "DATA", 1, 1, "a"), s:send("server", "DATA", 1, 1, "b")
    s:at(40):arrive(one, "rst-challenged")
    s:arrive(two)
    local root = draw(s.events)
    assert.equal(1, #text_nodes(root, "refused: rst-challenged"))
    assert_tidy(root)
  end)

  it("leaves what is still under way without an end, and what came from nowhere without a beginning", function()
    local s = story.new():handshake()
    s:send("client", "FIN", 1, 1)
    assert.equal(1, #xml.of_class(draw(s.events), "dotted"))
    local root = draw(story.new():handshake().events, { from = 0.015, to = 0.020 })
    assert.equal(2, #xml.of_class(root, "dotted"))
    assert.equal(1, #xml.of_class(root, "head"))
  end)

  it("writes level on an arrow that later ones overtake, and along any other", function()
    local s = story.new():handshake()
    local slow = s:send("client", "DATA", 1, 1, "slow")
    s:at(35)
    local again = s:send("client", "DATA", 1, 1, "slow", { retransmission = true })
    s:at(45):arrive(again)
    s:at(3000):arrive(slow)
    local root = draw(s.events)
    assert.is_nil(text_nodes(root, "DATA seq=1:5 ack=1 (4)")[1].attributes.transform)
    assert.is_string(text_nodes(root, "retransmission")[1].attributes.transform)
  end)

  it("keeps apart what happens at one moment", function()
    local s = story.new()
    for i = 1, 6 do s:arrive(s:send("client", "DATA", i, 1, "x", { retransmission = true })) end
    local list = arrows(draw(s.events))
    for i = 2, 6 do assert.equal(18, list[i].y1 - list[i - 1].y1) end
  end)
end)

describe("a long drawn ladder", function()
  local function transfer(segments)
    local s = story.new()
    for i = 1, segments do
      s:at(i * 10)
      local data = s:send("client", "DATA", i, 1, "x")
      s:at(i * 10 + 4):arrive(data)
    end
    return s
  end

  it("tells a run in one frame", function()
    local root = draw(transfer(60).events)
    assert.equal(1, #text_nodes(root, "... 56 segments, 56 bytes ..."))
    assert.equal(4, #arrows(root))
    assert_tidy(root)
  end)

  it("stops somewhere, and says how much is left", function()
    local root = draw(transfer(500).events, { fold = false })
    assert.equal(300, #arrows(root))
    assert.equal(1, #text_nodes(root, "200 more rows: choose a span with from = and to ="))
  end)
end)

describe("a drawn ladder of real connections", function()
  local function transfer(names, bytes)
    local conn, peer, l = helper.established { link = { loss = 0.01, rate = 20e6 }, client = names.client, server = names.server }
    l.net:spawn(function()
      conn:send(("x"):rep(bytes))
      conn:shutdown "send"
    end)
    peer:receive "*a"
    peer:close()
    conn:close()
    l.net:run()
    return l.net.trace:_plain()
  end

  it("is tidy, long and lossy as they may be, at any width", function()
    for _, pixels in ipairs { 600, 900, 1400 } do
      local root = draw(transfer({}, 500000), { width = pixels })
      assert.is_true(#xml.of_class(root, "cross") > 0)
      assert_tidy(root)
    end
  end)
end)

describe("the drawn ladders of several connections", function()
  it("stand one below the other, and say how many were left out", function()
    local s = story.new():handshake()
    local second = story.new { client = { "2001:db8:1234:5678:9abc:def0:1234:5678", 49153 }, server = { "2001:db8::2", 80 } }:handshake()
    for _, event in ipairs(second.events) do
      event.packet, event.conn = event.packet and event.packet + 100, event.conn .. " second"
      s.events[#s.events + 1] = event
    end
    local root = draw(s.events)
    assert.equal(6, #arrows(root))
    assert.is_true(y_of(root, "10.0.0.1:49152") < y_of(root, "[2001:db8:1234:5678:9abc:def0:1234:5678]:49153"))
    assert_tidy(root)
    assert.equal(1, #text_nodes(draw(s.events, { connections = 1 }), "1 more connections: choose with"))
    assert.is_truthy(root[2].text:find("client (10.0.0.1:49152) and server (10.0.0.2:80): packets 3, lost 0, retransmitted 0; ", 1, true))
  end)

  it("clip names that are too long", function()
    local s = story.new():handshake()
    for _, event in ipairs(s.events) do
      if event.host and event.host.name == "client" then event.host = { name = ("long"):rep(40) .. "<&>" } end
    end
    assert_tidy(draw(s.events))
  end)
end)

describe("a drawn ladder of nothing", function()
  it("says so, and how much is gone", function()
    local root = draw({}, nil, 7)
    assert.same({ "7 earlier events were overwritten", "no segments were traced" }, xml.texts(root))
    assert_tidy(root)
  end)
end)
