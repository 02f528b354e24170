-- SPDX-License-Identifier: MIT
local transfer = require "tcplab.probe.transfer"

local RTT <const>, FLIGHTS <const> = 0.2, 1

-- The first of a flight of 20 comes behind so many of the others. Whether it is sent again, and the window once it has come.
local function behind(it, others)
  local flight = it:flight()
  it:wait(flight[1])
  local again, out = "no", {}
  for i = 2, #flight do
    if i == others + 2 then it:acknowledge(flight[1]) end
    it:acknowledge(flight[i])
    for _, segment in ipairs(it:heard()) do
      if segment.relative.seq == flight[1].relative.seq then again = "yes" else out[#out + 1] = segment end
    end
  end
  if again == "yes" then -- and the copy came too
    local from = flight[1].relative.seq
    it.talk:send { ack = it.edge, options = { timestamps = true, sack = { { from, transfer.stop(flight[1]) } } } }
    for _, segment in ipairs(it:heard()) do out[#out + 1] = segment end
  end
  return again, it:window(), out
end

return {
  name = "reordering",
  en = "The first of 20 comes behind 2, or 5, others: is it sent again, what is the window, and is the next flight's, after a D-SACK?",
  zh = "20 段中的第一段晚于另外 2 段或 5 段到达，若被重发则用 D-SACK 告知：它被重发吗，之后窗口多大，下一批再发生时还重发吗？",
  rfc = "RFC 8985 6.2, RFC 2883 4",
  values = { "by_two", "by_five" },
  ask = function(subject)
    local function twice(port, others)
      local it <close> = transfer.new(subject, { rtt = RTT, port = port })
      it:windows(FLIGHTS)
      local first, window, out = behind(it, others)
      it:mend(out)
      local second = behind(it, others)
      return { first, window, second }
    end
    return { by_two = twice(80, 2), by_five = twice(81, 5) }
  end,
}
