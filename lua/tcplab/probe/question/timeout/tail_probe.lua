-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"
local transfer = require "tcplab.probe.transfer"

local SAMPLES <const>, COUNT <const>, SIZE <const> = 6, 4, 100

-- The next transmissions of what is lost for good, and how long it is that is sent first.
local function again(subject, port, rtt, segments)
  local it <close> = transfer.new(subject, { rtt = rtt, port = port, bytes = 0 })
  for _ = 1, SAMPLES do
    it:write(SIZE)
    it:round()
  end
  it:write(segments * (segments > 1 and it.conn:status().snd.mss or SIZE))
  local lost = it:flight()
  local times, first = {}, nil
  for i = 1, COUNT do
    local segment = it.talk:receive("DATA", 10)
    if not segment then break end
    first = first or (segment.relative.seq - lost[1].relative.seq) // #lost[1].payload + 1
    times[i] = conversation.rounded(segment.time - lost[#lost].time)
  end
  return times, first
end

return {
  name = "tail_probe",
  en = "When is what is lost for good sent again: a lone segment at 5 and at 100 ms, three at 100 ms; and which of three goes first?",
  zh = "往返时间 5 毫秒和 100 毫秒时，始终丢失的单独报文段何时重发；100 毫秒时三段全丢，何时重发，先发第几段？",
  rfc = "RFC 8985 7.2",
  values = { "near", "far", "three", "first" },
  ask = function(subject)
    local near, far = again(subject, 80, 0.005, 1), again(subject, 81, 0.1, 1)
    local three, first = again(subject, 82, 0.1, 3)
    return { near = near, far = far, three = three, first = first }
  end,
}
