-- SPDX-License-Identifier: MIT
-- Congestion controls written as tables of functions: what a script may give, and how the core is told.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local near = require "tcplab.base.near"

---A congestion control: the value of the option `congestion` of a host, of connect, listen and open, or of a connection while it runs. Each
---function is called as f(cc, sample); what is left out is done as Reno does it. A function must not wait, nor change the network.
---What is lost, and when it goes out again, is not the control's. In a recovery cwnd is moved toward ssthresh (RFC 9937), and a timeout makes it
---one segment; but a control that sets cwnd in `loss` is obeyed: it has the window for itself then, and `ack` within the recovery too.
---```lua
---client:setoption("congestion", {
---  name = "gentle",
---  loss = function(cc, sample) cc.ssthresh = math.max(0.8 * cc.cwnd, 2 * sample.mss) end,
---})
---print(client:connect(server, 80):status().congestion)  --> gentle
---```
---@class tcplab.congestion_control
---@field name? string                                       what status() and errors call it; "script" when left out
---@field init? fun(cc: tcplab.cc, sample: tcplab.sample)    it is chosen: when the connection first sends, or later while cwnd and ssthresh stand
---@field ack? fun(cc: tcplab.cc, sample: tcplab.sample)     new data was delivered, outside a recovery: the time to grow
---@field loss? fun(cc: tcplab.cc, sample: tcplab.sample)    a loss was found, or the timer ran out (sample.timeout): set ssthresh, cwnd at will
---@field rtt? fun(cc: tcplab.cc, sample: tcplab.sample)     a round trip was measured; called before ack
---@field ecn? fun(cc: tcplab.cc, sample: tcplab.sample)     the peer reports a congestion mark
---@field undo? fun(cc: tcplab.cc, sample: tcplab.sample)    the last reduction was for nothing; cwnd and ssthresh are back where they were
---@field idle? fun(cc: tcplab.cc, sample: tcplab.sample)    sending starts again after a pause (sample.idle)
---@field every? fun(cc: tcplab.cc, sample: tcplab.sample)   every ACK, within a recovery too, after all others: for controls that follow the rate

---What a congestion control writes: one table per connection, where it may keep fields of its own too.
---@class tcplab.cc
---@field cwnd number      congestion window, bytes up to 1 GiB; less than one segment counts as one
---@field ssthresh number  slow-start threshold, bytes; 1 GiB: none yet
---@field pacing? number   bits a second; nil: not paced

---What an ACK, a loss or a timeout told. It is one table, filled anew for each call: keep its values, not the table.
---@class tcplab.sample
---@field now number            seconds
---@field mss integer           bytes of text in a full segment
---@field acked integer         bytes newly known to be delivered, cumulatively or by SACK
---@field lost integer          bytes newly judged lost
---@field flight integer        bytes in flight now
---@field prior_flight integer  and before this ACK
---@field delivered integer     rate sample: so many bytes were delivered
---@field interval? number      within so many seconds; nil: no sample
---@field app_limited boolean   there was nothing more to send when that began
---@field cwnd_limited boolean  the congestion window, not the application or the peer, held the sender back
---@field recovering boolean    this came within a recovery
---@field rtt? number           seconds; nil: none measured by this ACK
---@field srtt? number          seconds; nil before the first measurement
---@field min_rtt? number       seconds
---@field ce integer            congestion marks that this ACK reports
---@field timeout? boolean      loss: the retransmission timer ran out
---@field idle? number          idle: seconds

local congestion = {}

local HOOKS = core.control_hooks()

local FUNCTIONS = { "name" }
for _, name in ipairs(HOOKS) do
  if name and not FUNCTIONS[name] then
    FUNCTIONS[#FUNCTIONS + 1] = name
    FUNCTIONS[name] = true
  end
end

local function sorted_keys(given)
  local keys = {}
  for key in next, given do
    if type(key) ~= "string" then check.fail("congestion: a name expected, got %s", check.shown(key)) end
    keys[#keys + 1] = key
  end
  table.sort(keys)
  return keys
end

---A script's control as the library keeps it: later changes of the given table change nothing.
---@param given table
---@return table control  raises when there is something else in it than functions by their names
function congestion.read(given)
  local control = { name = "script" }
  for _, key in ipairs(sorted_keys(given)) do
    local value = given[key]
    if key == "name" then
      control.name = check.type(value, "string", "congestion.name")
    elseif FUNCTIONS[key] then
      control[key] = check.type(value, "function", "congestion." .. key)
    else
      check.fail("congestion: unknown function %s%s", check.shown(key), near.hint(key, FUNCTIONS))
    end
  end
  control.given = given
  return control
end

---What the core finds for one connection: cc, the name, and a function, or false, for each hook.
---@param control? table  nil: everything as Reno does it
---@return table entry
function congestion.entry(control)
  local entry = { { cwnd = 0, ssthresh = 0, pacing = 0 }, control and control.name or "script" }
  for _, name in ipairs(HOOKS) do entry[#entry + 1] = control and name and control[name] or false end
  entry.control = control
  return entry
end

return congestion
