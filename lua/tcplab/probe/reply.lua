-- SPDX-License-Identifier: MIT
-- What has come, in a few words: the flags, the number (and where text ends), the ACK, the SACK blocks, all relative: "R. 1 ack 1",
-- ". 1 ack 6 sack 1-6".

local reply = {}

-- How long an answer at once may take: less than a delayed ACK and any timer that sends again.
reply.PATIENCE = 0.035

---@param segment tcplab.Segment
---@return string
function reply.text(segment)
  local relative, size = segment.relative, #segment.payload
  local words = { segment.flags == "" and "none" or segment.flags, ("%d"):format(relative.seq) }
  if size > 0 then words[2] = ("%d:%d"):format(relative.seq, relative.seq + size) end
  if relative.ack then words[#words + 1] = ("ack %d"):format(relative.ack) end
  for i, block in ipairs(relative.sack or {}) do words[#words + 1] = (i == 1 and "sack " or "") .. ("%d-%d"):format(block[1], block[2]) end
  return table.concat(words, " ")
end

---What has come so far, without waiting; "silence" where nothing has.
---@param talk tcplab.hand_conversation
---@param until_time? number  what came later is left out
---@return string words, tcplab.Segment[] segments
function reply.heard(talk, until_time)
  local words, segments = {}, {}
  for segment in function() return talk:receive(nil, 0) end do
    if not until_time or segment.time <= until_time then words[#words + 1], segments[#segments + 1] = reply.text(segment), segment end
  end
  return #words > 0 and table.concat(words, ", ") or "silence", segments
end

---Waits for what comes at once.
---@param subject tcplab.probe.subject
---@param talk tcplab.hand_conversation
---@return string words, tcplab.Segment[] segments
function reply.wait(subject, talk)
  subject:wait(reply.PATIENCE)
  return reply.heard(talk)
end

return reply
