-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("defences", ...)

-- A flood of 500 SYNs a second against a queue of 256 places, and one honest client every 50 ms. How many of them get through?
local CALLS <const> = 100
local function defend(defence, options)
  local net = tcplab.lab { seed = 7, trace = false }
  local client = net:host("client", { address = "10.0.0.1" })
  local attacker = net:switch "attacker"
  local server = net:host("server", { address = "10.0.0.2", syn_cookies = "never", half_open = 256, admit = options.admit })
  net:link(client, server, { delay = 0.010 })
  local link = net:link(attacker, server, { delay = 0.010 })
  options.admit = nil
  local listener = server:listen(80, it.with and options or {})
  net:spawn(function() while listener:accept() do end end)
  link:flood { to = server, port = 80, rate = 500, seconds = 20 }
  net:run(10)

  local opened = 0
  for i = 1, CALLS do
    net:spawn(function()
      net:sleep(i * 0.050)
      if client:connect("10.0.0.2", 80, { timeout = 0.5 }) then opened = opened + 1 end
    end)
  end
  net:run(6)
  return { defence = defence, opened = opened, calls = CALLS, half_open = listener:status().half_open }
end

local function known(syn) return syn.source:find "^10%." and "accept" or "drop" end
local none = defend("-", {})
local longer = defend("half_open = 4096", { half_open = 4096 })
local shorter = defend("rto_initial = 0.2, syn_ack_retries = 0", { rto_initial = 0.2, syn_ack_retries = 0 })
local oldest = defend("half_open_overflow = drop-oldest", { half_open_overflow = "drop-oldest" })
local filter = defend("admit", it.with and { admit = known } or {})
for _, result in ipairs { none, longer, shorter, oldest, filter } do it:say("result", result) end
it:claim(none.opened < 5, "none", none)
local helped = { shorter = shorter.opened, oldest = oldest.opened, filter = filter.opened }
it:claim(helped.shorter > 90 and helped.oldest > 90 and helped.filter == CALLS, "help", helped)
it:claim(longer.opened < 5, "longer", longer)
it:say "answer"
