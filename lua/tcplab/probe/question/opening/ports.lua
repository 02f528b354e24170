-- SPDX-License-Identifier: MIT
local PORTS <const> = 8

local function parity(port) return port % 2 == 0 and "even" or "odd" end

return {
  name = "ports",
  en = "Are the ephemeral ports of eight connections to one port even or odd, and those of eight listeners?",
  zh = "到同一端口的八个连接的临时端口是偶数还是奇数，八个监听者的呢？",
  rfc = "RFC 6056 3",
  values = { "connect", "listen" },
  ask = function(subject)
    local answers = { connect = {}, listen = {} }
    for i = 1, PORTS do
      local _, port = subject:connect(80):getsockname()
      answers.connect[i], answers.listen[i] = parity(port), parity(subject:listen(0).port)
    end
    return answers
  end,
}
