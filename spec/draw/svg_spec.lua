-- SPDX-License-Identifier: MIT
require "spec.helper"
local svg = require "tcplab.draw.svg"
local xml = require "spec.xml"

describe("the reader of pictures in specs", function()
  local function refused(text, message)
    local ok, raised = pcall(xml.read, '<?xml version="1.0" encoding="UTF-8"?>\n' .. text)
    assert.is_false(ok, text)
    assert.is_truthy(raised:find(message, 1, true), raised)
  end

  it("refuses what is not well formed", function()
    refused("<a><b></a></b>", "b is closed by another")
    refused("<a>", "no tag")
    refused('<a x="1" x="2"/>', "attribute x twice")
    refused("<a x=1/>", "without a quoted value")
    refused("<a>&nbsp;</a>", "unknown entity &nbsp;")
    refused("<a>fish & chips</a>", "unknown entity & chips")
    refused("<a/><b/>", "something after the root")
    refused("<a>\1</a>", "a control character")
    refused("<a>\xff</a>", "no UTF-8")
    assert.is_false(pcall(xml.read, "<a/>"))
  end)

  it("takes what is", function()
    local root = xml.read '<?xml version="1.0" encoding="UTF-8"?>\n<a x="1 &lt; 2"><b>q&amp;a</b><b/></a>\n'
    assert.equal("1 < 2", root.attributes.x)
    assert.same({ "b", "q&a" }, { root[1].name, root[1].text })
  end)
end)

describe("a picture's text", function()
  local function shown(text)
    local picture = svg.new(100)
    picture:text("ink", 0, 0, text)
    picture:line("ink", 0, 0, 1, 1, text)
    local root = xml.read(picture:document(text, text))
    assert.equal(root[1].text, xml.texts(root)[1])
    return root[1].text
  end

  it("comes through whatever stands in it", function()
    for _, text in ipairs { [[<&>"']], "服务器", "&lt;", "]]>", "" } do assert.equal(text, shown(text)) end
  end)

  it("has a mark where XML knows no way to write it", function()
    assert.equal("a\u{FFFD}b\u{FFFD}c\u{FFFD}\u{FFFD}", shown "a\1b\xffc\xe6\x9c")
    assert.equal("\u{FFFD}\u{FFFD}", shown "\u{FFFE}\0")
  end)

  it("is measured by its columns, and cut to fit with an ellipsis", function()
    assert.equal(2 * svg.width "ab", svg.width "服务")
    assert.equal("short", svg.clip("short", 100))
    local cut = svg.clip("a-very-long-name-of-a-host", 80)
    assert.is_truthy(cut:find "^a%-very.*…$")
    assert.is_true(svg.width(cut) <= 80)
  end)
end)

describe("a picture", function()
  it("tells its title and description to those who do not see it", function()
    local root = xml.read(svg.new(100):document("What it is", "What it shows"))
    assert.equal("svg", root.name)
    assert.same({ "img", "title desc" }, { root.attributes.role, root.attributes["aria-labelledby"] })
    assert.same({ "title", "What it is", "title" }, { root[1].name, root[1].text, root[1].attributes.id })
    assert.same({ "desc", "What it shows", "desc" }, { root[2].name, root[2].text, root[2].attributes.id })
  end)

  it("has colours for light, for dark screens and for paper", function()
    local style = xml.read(svg.new(100):document("", ""))[3].text
    local light, dark = style:match "^(.-)@media screen and %(prefers%-color%-scheme: dark%) {(.*)$"
    for name, color in light:gmatch "%.([%w-]+) { fill: (#%x+); }" do
      assert.is_truthy(dark:find("." .. name .. " { fill: #", 1, true), name)
      assert.equal(7, #color)
    end
    assert.is_truthy(style:find("@media print", 1, true))
    assert.is_truthy(style:find("monospace; ", 1, true))
  end)

  it("writes numbers short", function()
    assert.same({ "1", "0.5", "-0.33", "0", "100" }, { svg.number(1.0), svg.number(0.5), svg.number(-1 / 3), svg.number(-0.001), svg.number(100) })
  end)

  it("is as high as what it reaches", function()
    local picture = svg.new(100)
    picture:reach(40.2)
    picture:reach(20)
    assert.equal("0 0 100 41", xml.read(picture:document("", "")).attributes.viewBox)
  end)
end)
