-- SPDX-License-Identifier: MIT
require "spec.helper"
local story = require "spec.story"
local view = require "tcplab.draw.view"

local function refuses(options, message)
  local ok, raised = pcall(view.read, options, "picture", { height = function() end })
  assert.is_false(ok)
  assert.is_truthy(raised:find(message, 1, true), raised)
end

describe("a view's options", function()
  it("have defaults", function()
    assert.same({ fold = 8, connections = 10, relative = true }, view.read(nil, "picture", {}))
    assert.is_false(view.read({ relative = false }, "picture", {}).relative)
    assert.is_false(view.read({ fold = false }, "picture", {}).fold)
  end)

  it("are looked over, those of the caller too", function()
    refuses({ hight = 5 }, 'picture: unknown option "hight"; there are conn, connections, fold, from, height, hosts, relative and to')
    refuses({ from = -1 }, "picture: from: -1 seconds is not a time span")
    refuses({ from = 2, to = 1 }, "picture: from: 2 is after to")
    refuses({ connections = 0 }, "picture: connections: 0 is not between 1 and ")
    refuses({ relative = 1 }, "picture: relative: boolean expected, got number")
    refuses({ hosts = { "a", "b", "c" } }, "picture: hosts: two hosts expected, got 3")
    assert.equal(7, view.read({ height = 7 }, "picture", { height = function() end }).height)
  end)
end)

describe("a view's conversations", function()
  local function conversations(options) return view.conversations(story.new():handshake().events, view.read(options, "view", {})) end

  it("are all there are, with all that happened in them", function()
    assert.equal(1, #conversations())
    assert.equal("CLOSED", conversations()[1].left.state)
  end)

  it("are clipped to a span of time, both ends included, in the states that they had by then", function()
    local f = conversations({ from = 0.010, to = 0.020 })[1]
    assert.same({ 10000000, 20000000 }, { f.steps[1].ns, f.steps[#f.steps].ns })
    assert.equal("SYN-SENT", f.left.state)
    assert.same({}, conversations { from = 5 })
    assert.equal(1, #view.chosen(story.new():handshake().events, { from = 5 }))
  end)

  it("are chosen by their hosts, the first on the left, or by a connection", function()
    assert.equal("server", conversations({ hosts = { "server", "client" } })[1].left.host)
    assert.equal("right", conversations({ hosts = { "server", "client" } })[1].conns["client's"])
    assert.same({}, conversations { hosts = { "server", "nobody" } })
    assert.same({ 1, 0 }, { #conversations { conn = "client's" }, #conversations { conn = "nobody's" } })
  end)
end)
