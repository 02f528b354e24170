-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local picture = require "tcplab.draw.picture"
local story = require "spec.story"
local xml = require "spec.xml"

local function record() return { events = story.new():handshake().events, lost = 0 } end

local function title(path, options) return xml.read(picture.svg(record(), options, path))[1].text end

local function refuses(f, message)
  local ok, raised = pcall(f)
  assert.is_false(ok)
  assert.is_truthy(tostring(raised):find(message, 1, true), raised)
end

describe("the picture of an .svg", function()
  it("is the ladder unless something else is said", function()
    assert.equal("TCP ladder", title "x.svg")
    assert.equal("TCP ladder", title "sequence.svg")
    assert.equal("TCP ladder", title "dir.sequence/x.svg")
    assert.equal("TCP ladder", title("x.sequence.svg", { picture = "ladder" }))
  end)

  it("is the plot that is named, by option or by a double extension", function()
    assert.equal("TCP time-sequence plot", title "dir.b/x.y.sequence.svg")
    assert.equal("TCP congestion plot", title "x.congestion.svg")
    assert.equal("TCP congestion plot", title("x.svg", { picture = "congestion" }))
  end)

  it("refuses what there is not", function()
    refuses(function() title("x.svg", { picture = "cube" }) end, 'save: picture: "cube" is not one of congestion, ladder and sequence')
    refuses(function() title("x.svg", { width = 5 }) end, "save: width: 5 is not between 600 and 10000")
    refuses(function() title("x.svg", { height = 5 }) end,
      'save: unknown option "height"; there are conn, connections, fold, from, hosts, picture, relative, to and width')
    refuses(function() picture.mmd(record(), { width = 900 }) end, 'save: unknown option "width"')
  end)
end)

describe("a trace that is saved as a picture", function()
  it("is a file, of one connection where that is asked for", function()
    local conn, _, l = helper.established()
    assert(l.client:connect("10.0.0.2", 80))
    local folder = helper.folder()
    for _, name in ipairs { "/x.svg", "/x.mmd" } do
      assert.is_true(l.net.trace:save(folder .. name))
      local all = helper.read(folder .. name)
      assert.is_true(l.net.trace:save(folder .. name, { conn = conn }))
      local one = helper.read(folder .. name)
      assert.is_true(#one < #all)
      assert.is_truthy(one:find("10.0.0.1:" .. select(2, conn:getsockname()), 1, true))
    end
  end)

  it("is the same for the same run", function()
    local function saved()
      local _, _, l = helper.established()
      local path = helper.folder() .. "/x.svg"
      assert(l.net.trace:save(path))
      return helper.read(path)
    end
    assert.equal(saved(), saved())
  end)

  it("is the same when the trace was saved and loaded before", function()
    local conn, peer, l = helper.established { link = { loss = 0.05 } }
    l.net:spawn(function() conn:send(("x"):rep(100000)) end)
    peer:receive(100000)
    local folder = helper.folder()
    assert(l.net.trace:save(folder .. "/x.jsonl"))
    local loaded = assert(require "tcplab".load(folder .. "/x.jsonl"))
    for _, name in ipairs { "x.svg", "x.sequence.svg", "x.congestion.svg", "x.mmd" } do
      assert(l.net.trace:save(folder .. "/live." .. name))
      assert(loaded:save(folder .. "/loaded." .. name))
      assert.equal(helper.read(folder .. "/live." .. name), helper.read(folder .. "/loaded." .. name))
    end
  end)

  it("leaves no file when its options are wrong", function()
    local _, _, l = helper.established()
    local folder = helper.folder()
    refuses(function() l.net.trace:save(folder .. "/x.svg", { picture = 5 }) end, "save: picture: 5 is not one of")
    refuses(function() l.net.trace:save(folder .. "/x.svg", { conn = 5 }) end, "save: conn: a connection of this network expected")
    assert.same({}, helper.files(folder, ""))
  end)
end)
