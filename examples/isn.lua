-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("isn", ...)

-- A server trusts the client's address. The attacker calls it once under his own address, to see its number, and then in the client's name: he
-- cannot hear the SYN-ACK, and must guess what it says.
local function attack(policy)
  local net = tcplab.lab { seed = 7 }
  local client = net:host("client", { address = "10.0.0.1" })
  local server = net:host("server", { address = "10.0.0.2", isn = policy, syn_ack_retries = 1 })
  local attacker = net:host("attacker", { address = "10.0.0.66" })
  local link = net:link(client, server, { delay = 0.010 })
  net:link(attacker, server, { delay = 0.010 })
  link:down() -- the client is silenced: it could answer the SYN-ACK with a reset
  local listener = server:listen(514)

  local spy = assert(attacker:connect("10.0.0.2", 514))
  local seen, at = spy.tcb.rcv.irs, net:now()
  spy:close()
  listener:accept():close()
  net:sleep(1)
  local began = net:now()
  local function forge(fields)
    fields.source, fields.source_port, fields.destination, fields.destination_port = "10.0.0.1", 1023, "10.0.0.2", 514
    attacker:inject(tcplab.segment(fields))
  end
  forge { flags = "S", seq = 1000 }
  local guess = seen + 1 + math.floor((net:now() - at + 0.020) * 250000) -- a tick every 4 microseconds, and a round trip
  net:sleep(0.020)
  forge { flags = "P.", seq = 1001, ack = guess & 0xffffffff, payload = "rm -rf /\n" }
  listener:settimeout(0.5)
  local victim = listener:accept()
  it:say("policy", { policy = policy })
  it:show(net, { from = began })
  return { policy = policy, line = victim and victim:receive "*l" or "-", address = victim and victim:getpeername() or "-" }
end

local clock, keyed = attack(it.with and "clock" or "rfc6528"), attack "rfc6528"
it:say("attack", clock)
it:say("attack", keyed)
it:claim(clock.line ~= "-", "guessed", clock)
it:claim(keyed.line == "-", "not_guessed")
it:say "answer"
