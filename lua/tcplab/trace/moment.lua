-- SPDX-License-Identifier: MIT
-- The moments a script can watch, and what each event carries besides time, ns, moment, host and conn.

local check = require "tcplab.base.check"
local core = require "tcplab.core"
local near = require "tcplab.base.near"
local strict = require "tcplab.base.strict"

---What a hook gets. `time` is in seconds, `ns` the same in nanoseconds.
---```lua
---net:on("segment", function(event)
---  if event.point == "dropped" then print(event.time, event.segment.kind, event.reason) end  --> 0.0 SYN fault
---end)
---link:drop("SYN", 1)
---client:connect(server, 80)
---```
---@class tcplab.event
---@field time number               seconds of the network's time
---@field ns integer                the same in nanoseconds
---@field order integer            counts what happened in this network
---@field moment string             its name
---@field host? tcplab.host            where it happened
---@field conn? tcplab.connection      to which connection
---@field segment? tcplab.Segment  segment; nil for a packet that does not parse
---@field bytes? string|integer    segment: the packet; data, urgent: how many
---@field link? tcplab.link        segment
---@field point? string            segment
---@field reason? string           segment: why it went no further; congestion: why it changed
---@field from? string|tcplab.host state: the old state; segment: where it entered the link
---@field to? string|tcplab.host   state: the new state; segment: where the link leads
---@field sender? tcplab.host      segment: whose stack made it
---@field state? string            segment: of conn, before the segment was processed, or as it left
---@field packet? integer          segment: a number that the packet keeps on this link
---@field fault? tcplab.fault      segment: what dropped or touched it
---@field corrupted? boolean       segment: a bit of it was flipped on the way
---@field marked? boolean          segment: its congestion mark was set on the way
---@field duplicated? boolean      segment: it is a copy made on the way
---@field event? string            state
---@field timer? string            timer
---@field action? string           timer
---@field deadline? number         timer
---@field sample? number           rtt: seconds; so are srtt, rttvar and rto
---@field srtt? number             rtt
---@field rttvar? number           rtt
---@field rto? number              rtt
---@field cwnd? integer            congestion: bytes; so are ssthresh, flight and pipe
---@field ssthresh? integer        congestion
---@field flight? integer          congestion
---@field pipe? integer            congestion
---@field pacing? integer          congestion: bits a second
---@field listener? tcplab.listener  accept
---@field soft? boolean            error: the connection goes on
---@field code? string             error
---@field message? string          error

---One of `tcplab.moments`.
---@class tcplab.moment_description
---@field name string
---@field doc string
---@field fields { [1]: string, [2]: string }[]

---What can be watched.
---@alias tcplab.moment "segment"|"state"|"timer"|"rtt"|"congestion"|"accept"|"data"|"urgent"|"error"

---@type tcplab.moment_description[]
local moments = {
  {
    name = "segment",
    doc = "A packet enters a link, is lost there, arrives at a host, or is refused by it.",
    fields = {
      { "segment", "the segment as a value, with retransmission, probe and relative; kind \"ICMP\" for an ICMP error; nil for what does not parse" },
      { "link", "the link it is on" },
      { "point", '"sent", "dropped", "delivered" or "refused"' },
      { "reason", 'why it was dropped ("fault", "queue" ...) or refused ("sequence", "tcp-checksum" ...)' },
      { "from", "the host or switch where it entered the link" },
      { "to", "the host or switch at the link's other end" },
      { "sender", "the host whose stack made it" },
      { "state", "of conn, before the segment was processed, or as it left" },
      { "packet", "a number that the packet keeps on this link" },
      { "bytes", "the IP packet" },
      { "fault", "the fault that dropped or touched it" },
      { "corrupted", "a link or fault flipped a bit of it" },
      { "marked", "a link or fault set its congestion mark" },
      { "duplicated", "it is a link's or fault's copy" },
    },
  },
  {
    name = "state",
    doc = "A connection changes its state.",
    fields = {
      { "from", "the state it leaves" },
      { "to", "the state it enters" },
      { "event", 'what made it: a user call, a segment or a timeout ("SEG-FIN", "CLOSE", "TIMEOUT-time-wait" ...), "REBOOT" or "OVERFLOW"' },
    },
  },
  {
    name = "timer",
    doc = "A connection's timer is set, fires, or is cancelled.",
    fields = {
      { "timer", '"retransmission", "persist", "delayed-ack", "keepalive", "user", "time-wait", "fin-wait-2", "pacing" (the next segment may leave), '
        .. '"probe" (tail loss, RFC 8985 7) or "reorder" (what may only be late is lost now, RFC 8985 6.2)' },
      { "action", '"set", "fired" or "cancelled"' },
      { "deadline", "when it is due, in seconds of the network's time; nil when cancelled" },
    },
  },
  {
    name = "rtt",
    doc = "A round-trip time was measured.",
    fields = {
      { "sample", "seconds" },
      { "srtt", "smoothed, seconds" },
      { "rttvar", "variation, seconds" },
      { "rto", "the retransmission timeout that follows, seconds" },
    },
  },
  {
    name = "congestion",
    doc = "The congestion window or the threshold changed for a reason worth telling.",
    fields = {
      { "cwnd", "congestion window, bytes" },
      { "ssthresh", "slow-start threshold, bytes; 1 GiB: none yet" },
      { "flight", "SND.NXT - SND.UNA, bytes" },
      { "pipe", "of it in the network, as recovery sees it, bytes" },
      { "pacing", "bits a second; nil when not paced" },
      { "reason", '"slow start", "loss", "timeout", "recovered", "undo" ...; what a script\'s control changed bears its function\'s name' },
    },
  },
  {
    name = "accept",
    doc = "A connection is complete and waits for accept.",
    fields = { { "listener", "the listener whose queue it stands in" } },
  },
  {
    name = "data",
    doc = "In-order data arrived, or the peer's FIN.",
    fields = { { "bytes", "how many new ones; 0 with a FIN" } },
  },
  {
    name = "urgent",
    doc = "The peer's urgent pointer moved on.",
    fields = { { "bytes", "from the first unread byte to the urgent pointer" } },
  },
  {
    name = "error",
    doc = "A connection ended badly, or is in trouble and goes on.",
    fields = {
      { "message", '"connection reset" ...' },
      { "code", '"ECONNRESET" ...' },
      { "soft", "true when the connection goes on" },
    },
  },
}

---Why a packet went no further.
---@class tcplab.reason
---@field name string  an event's `reason`
---@field doc string   a sentence
---@field point "dropped"|"refused"  on its way, or by the host it came to

local DROPPED <const> = {
  { "fault", "A fault of the script's dropped it." },
  { "filter", "A filter dropped it." },
  { "loss", "The link lost it, by chance." },
  { "queue", "The link's queue was full." },
  { "down", "The link was down, or went down while it was on its way." },
  { "mtu", "It was larger than the link takes, and not to be fragmented; its sender is told by ICMP." },
  { "no-route", "No way leads to its destination." },
  { "ttl", "It had been forwarded too often." },
  { "closed", "The device that it should leave the network by is closed, or does not take it." },
  { "crowded", "So many bytes of packets were under way already as the network carries." },
}

local function reasons()
  local list = {}
  for i, row in ipairs(DROPPED) do list[i] = { name = row[1], doc = row[2], point = "dropped" } end
  for _, reason in ipairs(core.reasons()) do list[#list + 1] = { name = reason.name, doc = reason.doc, point = "refused" } end
  return list
end

local moment = { list = moments, reasons = reasons() }

-- ---- events as strict values ----

local event_fields, is_event_field = { "time", "ns", "order", "moment", "host", "conn" }, {}
for _, each in ipairs(moments) do
  for _, field in ipairs(each.fields) do
    if not is_event_field[field[1]] then event_fields[#event_fields + 1] = field[1] end
    is_event_field[field[1]] = true
  end
end

local SEGMENT_FIELDS <const> = {
  kind = true, flags = true, seq = true, ack = true, window = true, payload = true, options = true, source = true, source_port = true,
  destination = true, destination_port = true, retransmission = true, probe = true, relative = true, urgent = true,
}

local event_mt = strict.value({ __name = "tcplab.event" }, {
  what = "event", fields = event_fields,
  advice = function(name) return SEGMENT_FIELDS[name] and ("event.segment.%s has it, where the moment is segment"):format(name) or nil end,
})

function event_mt:__tostring()
  local where = self.conn or self.host or self.link
  return ("event: %s at %.6f s%s"):format(self.moment, self.time, where and ", " .. tostring(where) or "")
end

---Makes a table of an event's fields an event.
---@param fields table
---@return tcplab.event
function moment.event(fields) return setmetatable(fields, event_mt) end

---The names of a connection's timers, in the order in which they are told.
---@type string[]
moment.timers = { "retransmission", "persist", "delayed-ack", "keepalive", "user", "probe", "reorder", "pacing", "fin-wait-2", "time-wait" }

local names = {}
for i, m in ipairs(moments) do
  names[i] = m.name
  names[m.name] = true
end

---Their names, in order.
---@type string[]
moment.names = names

---@param name any
---@return string name  raises when there is no such moment
function moment.check(name)
  if type(name) ~= "string" then check.fail("moment: a name expected, got %s", check.shown(name)) end
  if not names[name] then check.fail('unknown moment "%s"%s', name, near.hint(name, names)) end
  return name
end

return moment
