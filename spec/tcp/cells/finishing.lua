-- SPDX-License-Identifier: MIT
-- The states in which our FIN is outstanding: FIN-WAIT-1, CLOSING and LAST-ACK.

local words = require "spec.tcp.cells.words"
local common = require "spec.tcp.cells.common"
local nxt, una, rcv = words.nxt, words.una, words.rcv

local finishing = {}

--- Six bytes are sent before the FIN, and not acknowledged.
function finishing.outstanding(p)
  p.conn:send "abcdef"
  p:run()
end

local FIN = words.reply("the FIN", { flags = "F.", ack = rcv() })

finishing.retransmission = common.retransmission(FIN)()

-- The window was closed before the CLOSE: the FIN itself is what there is to probe with.
finishing.persist = common.persist(
  words.reply("the FIN as a probe", { flags = "F.", seq = nxt(), ack = rcv(), probe = true }),
  words.reply("the FIN again", { flags = "F.", seq = una(), ack = rcv(), probe = true, retransmission = true }),
  common.close_peer_window
)
finishing.persist.choice = "our FIN is one octet to send like any other: the probe carries it"

finishing.old_acks = {
  { when = "of SND.UNA", segment = { ack = una() }, timers = { retransmission = 1 } },
  { when = "below SND.UNA", segment = { ack = una(-1) }, timers = { retransmission = 1 } },
  { when = "MAX.SND.WND below", segment = { ack = una(-1000) } },
}

return finishing
