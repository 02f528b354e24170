-- SPDX-License-Identifier: MIT
require "spec.helper"
local caption = require "tcplab.trace.caption"
local option_words = require "tcplab.trace.option_words"
local segment = require "tcplab.trace.segment"

local ENDS = { source = "10.0.0.1", source_port = 1, destination = "10.0.0.2", destination_port = 2 }

local function options_of(options)
  local fields = { kind = "ACK", options = options }
  for name, value in pairs(ENDS) do fields[name] = value end
  return segment.new(fields)
end

local ONES = {
  { mss = 1460 }, { window_scale = 3 }, { sack_permitted = true }, { timestamps = { value = 7, echo = 9 } },
  { sack = { { 105, 109 }, { 120, 130 } } },
  { user_timeout = 60 }, { user_timeout = 60000 }, { fast_open = "" }, { fast_open = "abcdef" }, { { kind = 99, data = "\1\xfe" } },
  { { kind = 77, data = "" } }, { { name = "nop" }, { name = "end" } },
}

describe("an option in words", function()
  it("is found by each word that print(segment) and the ladder have for it, and in no segment without it", function()
    for i, options in ipairs(ONES) do
      local s = options_of(options)
      local printed = tostring(s):match "<(.*)>"
      for text in (printed .. "," .. table.concat(caption.options(s), ",")):gmatch "[^,]+" do
        local wanted = assert(option_words.read(text), text)
        assert.is_true(option_words.among(s.options, wanted), text)
        for j, others in ipairs(ONES) do
          local plain = wanted.name == "nop" or wanted.name == "end" or wanted.value == nil and wanted.seconds == nil and wanted.name == "fast_open"
          if i ~= j and not plain then assert.is_false(option_words.among(options_of(others).options, wanted), text .. " " .. j) end
        end
      end
    end
  end)

  it("is found by the words of the fields and of tcpdump", function()
    local s = options_of { mss = 1460, window_scale = 3, sack_permitted = true, timestamps = { value = 7, echo = 9 } }
    for _, text in ipairs {
      "mss", "wscale 3", "window_scale 3", "sackOK", "sack_permitted", "TS", "ts 7", "TS val 7", "TS val 7 ecr 9", "timestamps 7:9", "nop", "kind 2",
      "2 05b4", "unknown-2 0x05b4",
    } do
      local wanted = assert(option_words.read(text), text)
      assert.equal(text ~= "2 05b4" and text ~= "unknown-2 0x05b4", option_words.among(s.options, wanted), text) -- data is of unknown ones
    end
    for _, text in ipairs { "mss 1461", "wscale 4", "ts 8", "TS val 7 ecr 8", "sack", "eol", "kind 99" } do
      assert.is_false(option_words.among(s.options, assert(option_words.read(text))), text)
    end
    local blocks = options_of { sack = { { 105, 109 }, { 120, 130 } } }.options
    for _, text in ipairs { "sack 105:109", "sack 5:9", "sack 5:9 20:30", "sack 2 {5:9}{20:30}" } do
      assert.is_true(option_words.among(blocks, option_words.read(text), 100), text)
    end
    assert.is_false(option_words.among(blocks, option_words.read "sack 20:30", 100))
    assert.is_false(option_words.among(blocks, option_words.read "sack 5:9 20:30 40:50", 100))
    assert.is_true(option_words.among(options_of { user_timeout = 60 }.options, option_words.read "timeout 1 min"))
  end)

  it("is refused where the word is none, or its value", function()
    for text, expected in pairs {
      ["msss 1460"] = { "msss" }, ["SACKOK"] = { "SACKOK" }, ["mss 1x"] = { "1x", "mss" }, ["mss 65536"] = { "65536", "mss" },
      ["wscale 256"] = { "256", "wscale" }, ["sackOK 1"] = { "1", "sackOK" }, ["sack 5"] = { "5", "sack" }, ["ts a"] = { "a", "ts" },
      ["ts 4294967296"] = { "4294967296", "ts" }, ["uto 5 h"] = { "5 h", "uto" }, ["tfo cookie xyz"] = { "cookie xyz", "tfo" },
      ["kind 256"] = { "256", "kind" }, ["99 01f"] = { "99 01f", "kind" }, ["kind"] = { "", "kind" },
    } do
      assert.same({ nil, table.unpack(expected, 1, 2) }, { option_words.read(text) }, text)
    end
  end)
end)
