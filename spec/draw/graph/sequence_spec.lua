-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local sequence = require "tcplab.draw.graph.sequence"
local story = require "spec.story"
local view = require "tcplab.draw.view"
local xml = require "spec.xml"

local function text_of(events, options, lost) return sequence.draw(events, view.read(options, "save", {}), lost or 0) end

local function draw(...)
  local root = xml.read(text_of(...))
  return root, " " .. table.concat(xml.texts(root), " ") .. " "
end

-- The drawn path of that class; a legend's sample has the same class and comes after it.
local function path(root, class)
  local found = xml.find(root, function(node) return node.name == "path" and node.attributes.class == class end)
  return found[1] and found[1].attributes.d
end

local function transfer(bytes, loss)
  local conn, peer, l = helper.established { link = { loss = loss, rate = 20e6 }, trace = { limit = 1 << 20, bytes = 1 << 28 } }
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

local function count(events, wanted)
  local n = 0
  for _, event in ipairs(events) do
    if event.moment == "segment" and wanted(event, event.segment) then n = n + 1 end
  end
  return n
end

describe("a time-sequence plot", function()
  it("shows and counts data, retransmissions, losses, acknowledgements, SACK blocks and the window's edge", function()
    local events = transfer(300000, 0.02)
    local root, text = draw(events)
    local lost = count(events, function(e, s) return e.point == "dropped" and #s.payload > 0 end)
    local again = count(events, function(e, s) return e.point == "sent" and s.retransmission and #s.payload > 0 end)
    assert.is_true(lost > 0 and again > 0)
    for _, part in ipairs { "lost: " .. lost, "retransmitted: " .. again, "acknowledged", "SACK blocks: ", "data: ", "window's edge",
      "sequence number, kB", "client (10.0.0.1:" } do
      assert.is_truthy(text:find(" " .. part, 1, true), part .. " is missing in " .. text)
    end
    assert.equal(lost, select(2, path(root, "cross lost"):gsub("M", "")))
    assert.equal(again, select(2, path(root, "head again"):gsub("M", "")))
    for _, class in ipairs { "broad DATA", "line ACK", "broad sack", "dashed line window" } do assert.is_string(path(root, class), class) end
    assert.is_truthy(root[2].text:find("lost " .. lost, 1, true))
  end)

  it("says where the window's edge is when it is not to be seen", function()
    local _, text = draw(transfer(3000))
    assert.is_truthy(text:find("window's edge: above", 1, true), text)
    local s = story.new()
    s:at(1):arrive(s:send("client", "DATA", 1, 1, "hello"))
    s:at(2):arrive(s:send("server", "ACK", 1, 6))
    _, text = draw(s.events)
    assert.is_truthy(text:find("window's scale: unknown", 1, true), text)
  end)

  it("is seen from the host of the connection that is asked for", function()
    local _, text = draw(transfer(3000), { hosts = { "server", "client" } })
    assert.is_truthy(text:find(" server (10.0.0.2:80) to client (10.0.0.1:", 1, true), text)
    assert.is_truthy(text:find("no data was sent", 1, true), text)
  end)

  it("stays small for a long run, and shows every loss", function()
    local events = {}
    local s = story.new():handshake()
    for i = 1, 30000 do
      s:at(100 + i)
      local packet = s:send("client", "DATA", 1 + i * 1000, 1, "x")
      if i % 1000 == 0 then s:lose(packet, "loss") else s:arrive(packet) end
      s:at(100.5 + i):arrive(s:send("server", "ACK", 1, 1 + i * 1000))
    end
    table.move(s.events, 1, #s.events, 1, events)
    assert.is_true(#events > 100000)
    local drawn = text_of(events)
    assert.is_true(#drawn < 250000, #drawn)
    assert.equal(30, select(2, path(xml.read(drawn), "cross lost"):gsub("M", "")))
  end)

  it("says so when there is nothing, and how much is gone", function()
    local _, text = draw({}, nil, 7)
    assert.equal(" Time-sequence plot; 7 earlier events were overwritten no segments were traced ", text)
    _, text = draw(story.new():handshake().events)
    assert.is_truthy(text:find("no data was sent", 1, true))
  end)
end)
