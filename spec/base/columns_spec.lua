-- SPDX-License-Identifier: MIT
require "spec.helper"
local columns = require "tcplab.base.columns"

describe("the width of text", function()
  it("is one column for a letter and two for a Chinese character or mark", function()
    assert.equal(3, columns.width "a─→")
    assert.equal(4, columns.width "握手")
    assert.equal(4, columns.width "，（")
    assert.equal(0, columns.width "")
  end)

  it("takes none for colours, and one for each byte that is no UTF-8", function()
    assert.equal(2, columns.width "\27[32mok\27[0m")
    assert.equal(2, columns.width "\xff\xfe")
  end)
end)

describe("clipping", function()
  it("keeps what has room, and never half a character", function()
    assert.equal("abc", columns.clip("abc", 3))
    assert.equal("ab", columns.clip("abc", 2))
    assert.equal("a─", columns.clip("a─→", 2))
    assert.equal("握", columns.clip("握手", 3))
    assert.equal("", columns.clip("握手", 1))
    assert.equal("\xff", columns.clip("\xff\xfe", 1))
  end)
end)

describe("wrapping", function()
  it("breaks between words, and fills lines up to the width", function()
    assert.equal("one two\nthree", columns.wrap("one two three", 7))
    assert.equal("one two\nthree", columns.wrap("one two three", 12))
    assert.equal("one two three", columns.wrap("one two three", 13))
  end)

  it("leaves what fits as it is, down to its spaces, and a long word whole", function()
    assert.equal("a   b", columns.wrap("a   b", 5))
    assert.equal("a\nbbbbbb\nc", columns.wrap("a bbbbbb c", 4))
  end)

  it("breaks between Chinese characters, at either edge of the width", function()
    assert.equal("三次\n握手", columns.wrap("三次握手", 5))
    assert.equal("三次\n握手", columns.wrap("三次握手", 4))
    assert.equal("收到 SYN\n之后", columns.wrap("收到 SYN 之后", 8))
    assert.equal("发送SYN\n报文", columns.wrap("发送SYN报文", 8))
  end)

  it("leaves no closing mark at the beginning of a line, and no opening one at its end", function()
    assert.equal("三次握\n手，", columns.wrap("三次握手，", 8))
    assert.equal("三次\n（握手", columns.wrap("三次（握手", 6))
  end)

  it("keeps the line breaks there are", function() assert.equal("a\n\nb", columns.wrap("a\n\nb", 5)) end)
end)

describe("joining", function()
  it("makes one line of a paragraph's lines, with a space between, and none between Chinese characters", function()
    assert.equal("one two", columns.join "one\n    two\n")
    assert.equal("三次握手", columns.join "三次\n  握手")
    assert.equal("收到 SYN", columns.join "收到\nSYN")
  end)

  it("puts no space beside a double-width mark", function()
    assert.equal("满了，SYN 被丢弃", columns.join "满了，\nSYN 被丢弃")
    assert.equal("ACK（确认）", columns.join "ACK\n（确认）")
  end)

  it("keeps paragraphs apart", function() assert.equal("one two\n\nthree", columns.join "\none\ntwo\n  \n  three\n") end)
end)

describe("a name and its text", function()
  it("stand in 80 columns, the further lines of the text below its first", function()
    assert.equal("  a    one", columns.entry("a", 3, "one"))
    local first, second = columns.entry("a", 3, ("word "):rep(20)):match "^(.-)\n(.*)$"
    assert.is_true(#first <= 80)
    assert.is_truthy(second:find "^       word")
  end)

  it("stand below one another where a name is in Chinese", function() assert.equal("  三次  一", columns.entry("三次", 4, "一")) end)
end)
