-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local congestion = require "tcplab.draw.graph.congestion"
local story = require "spec.story"
local view = require "tcplab.draw.view"
local xml = require "spec.xml"

local function draw(events, options, lost)
  local root = xml.read(congestion.draw(events, view.read(options, "save", {}), lost or 0))
  return root, " " .. table.concat(xml.texts(root), " ") .. " "
end

local function path(root, class)
  local found = xml.find(root, function(node) return node.name == "path" and node.attributes.class == class end)
  return found[1] and found[1].attributes.d
end

local function count(events, moment, reason)
  local n = 0
  for _, event in ipairs(events) do
    if event.moment == moment and (not reason or event.reason == reason) and event.host.name == "client" then n = n + 1 end
  end
  return n
end

-- Both ends of a connection whose window grows, is cut and grows again.
local function changes()
  local s = story.new():handshake()
  s:at(40):arrive(s:send("client", "DATA", 1, 1, ("x"):rep(1000)))
  local function change(time, cwnd, ssthresh, reason)
    s:at(time):tell("congestion", "client", { cwnd = cwnd, ssthresh = ssthresh, reason = reason })
  end
  change(50, 20000, 1 << 30, "slow start")
  change(60, 20000, 10000, "loss")
  change(60, 15000, 10000, "recovery")
  change(80, 10000, 10000, "recovered")
  s:at(85):tell("rtt", "client", { sample = 0.02, srtt = 0.02, rttvar = 0.01, rto = 0.06 })
  change(90, 1460, 5000, "timeout")
  s:at(100):tell("congestion", "server", { cwnd = 99999, ssthresh = 99999, reason = "loss" })
  s:arrive(s:send("client", "DATA", 1001, 1, ("x"):rep(1000)))
  return s.events
end

describe("a congestion plot", function()
  it("shows the window, its threshold, flight, losses and recovery, and the times below", function()
    local conn, peer, l = helper.established { link = { loss = 0.02, rate = 20e6 } }
    l.net:spawn(function() conn:send(("x"):rep(300000)) end)
    peer:receive(300000)
    local events = l.net.trace:_plain()
    local root, text = draw(events)
    local losses = count(events, "congestion", "loss")
    assert.is_true(losses > 0)
    for _, part in ipairs { "cwnd", "ssthresh", "flight", "loss events: " .. losses, "recovery", "RTT samples: " .. count(events, "rtt"),
      "smoothed RTT", "RTO", "window, kB", "RTT, s, logarithmic", "time, " } do
      assert.is_truthy(text:find(" " .. part, 1, true), part .. " is missing in " .. text)
    end
    assert.equal(losses, select(2, path(root, "cross lost"):gsub("M", "")))
    for _, class in ipairs { "line DATA", "dashed line ssthresh", "fine flight", "tint", "line SYN", "dashed line timer", "head DATA" } do
      assert.is_string(path(root, class), class)
    end
  end)

  it("marks timeouts, undone reductions and ECN echoes by themselves", function()
    local root, text = draw(changes())
    assert.is_truthy(text:find(" timeouts: 1 ", 1, true), text)
    assert.is_nil(text:find("undone", 1, true))
    assert.is_string(path(root, "head lost"))
  end)

  it("shows no threshold before there is one, and nothing of the other end", function()
    local events = changes()
    local first = path(draw(events), "dashed line ssthresh"):match "^M(%S+)"
    local window = path(draw(events), "line DATA"):match "^M(%S+)"
    assert.is_true(tonumber(first) > tonumber(window))
    local _, text = draw(events)
    assert.is_truthy(text:find(" loss events: 1 ", 1, true), text)
    _, text = draw(events, { conn = "server's" })
    assert.is_truthy(text:find(" server (10.0.0.2:80) to client ", 1, true), text)
    assert.is_nil(text:find("timeouts", 1, true))
  end)

  it("tints recovery from its beginning to its end", function()
    local root = draw(changes())
    assert.equal(1, select(2, path(root, "tint"):gsub("M", "")))
    root = draw(changes(), { from = 0.070, to = 0.100 })
    assert.is_truthy(path(root, "tint"):find "^M84 ")
  end)

  it("comes into a span with the values of before", function()
    local root = draw(changes(), { from = 0.065, to = 0.075 })
    assert.is_truthy(path(root, "line DATA"):find "^M84 ")
    assert.is_nil(path(root, "cross lost"))
  end)

  it("needs no logarithm where times are alike", function()
    local _, text = draw(changes())
    assert.is_truthy(text:find(" RTT, ms ", 1, true), text)
  end)

  it("says so when there is nothing", function()
    local _, text = draw({}, nil, 7)
    assert.equal(" Congestion plot; 7 earlier events were overwritten no segments were traced ", text)
    _, text = draw(story.new():handshake().events)
    assert.is_truthy(text:find("the congestion window did not change", 1, true), text)
    assert.is_truthy(text:find("no round-trip time was measured", 1, true), text)
  end)
end)
