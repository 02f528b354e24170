-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

-- The first segment's text of a long write to a peer of such an MSS.
local function size_for(subject, listener, mss, timestamps)
  local talk, conn = conversation.accepted(subject, listener, { options = { mss = mss, timestamps = timestamps } })
  conn:send(("x"):rep(4000))
  return #assert(talk:receive(nil, 1)).payload
end

return {
  name = "mss",
  en = "How large are segments to a peer whose SYN says an MSS of 10, 48, 49, 100, 0 or nothing, and 10 or 100 with timestamps?",
  zh = "对端 SYN 的 MSS 为 10、48、49、100、0 或未说明，以及为 10 或 100 并有时间戳时，报文段多大？",
  rfc = "RFC 9293 3.7.1",
  values = { "mss_10", "mss_48", "mss_49", "mss_100", "mss_0", "none", "stamped_10", "stamped_100" },
  ask = function(subject)
    local listener = subject:listen(80)
    local values = { none = size_for(subject, listener, nil) }
    for _, mss in ipairs { 10, 48, 49, 100, 0 } do values["mss_" .. mss] = size_for(subject, listener, mss) end
    for _, mss in ipairs { 10, 100 } do values["stamped_" .. mss] = size_for(subject, listener, mss, true) end
    return values
  end,
}
