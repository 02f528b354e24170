-- SPDX-License-Identifier: MIT
-- What is the same in several states.

local words = require "spec.tcp.cells.words"
local expect = require "spec.probe".expect
local nxt, una, rcv, edge, irs = words.nxt, words.una, words.rcv, words.edge, words.irs
local ACK = words.ACK

local common = {}

function common.merge(...)
  local all = {}
  for _, part in ipairs { ... } do
    for event, cell in pairs(part) do all[event] = cell end
  end
  return all
end

-- ---- user calls ----

local REMOTE = { address = "10.0.0.3", port = 80 }

function common.status(state)
  return { call = function(p) return p.conn:status().state end, returns = { state, n = 1 } }
end

common.connection_exists = {
  ["OPEN-passive"] = { call = function(p) return p.conn:open { passive = true } end, returns = words.EXISTS },
  ["OPEN-active"] = { call = function(p) return p.conn:open(REMOTE) end, returns = words.EXISTS },
  ["OPEN-active-no-remote"] = { call = function(p) return p.conn:open {} end, returns = words.EXISTS },
}

function common.send(text) return function(p) return p.conn:send(text) end end
function common.receive(pattern) return function(p) return p.conn:receive(pattern) end end
function common.shut(p) return p.conn:shutdown "send" end
function common.abort(p) return p.conn:abort() end

common.no_sending = {
  ["SEND"] = { call = common.send "x", returns = words.SEND_CLOSING },
  ["CLOSE"] = { call = common.shut, returns = words.CLOSING },
}

--- A RECEIVE waiting when the user aborts fails; the handle is closed then.
common.abort_with_reset = {
  {
    when = "with a RECEIVE under way", call = common.abort, returns = words.OK, replies = { words.ABORT_RST }, next = "CLOSED",
    pending = { nil, "closed", "", "ENOTCONN", n = 4 },
  },
}

common.abort_silently = { call = common.abort, returns = words.OK, next = "CLOSED" }

function common.receives(text)
  return function(p) expect("text received", { text, n = 1 }, table.pack(p.conn:receive(#text))) end
end

function common.ends(...)
  local steps = { ... }
  return function(p)
    for _, step in ipairs(steps) do step(p) end
  end
end

-- ---- segments in synchronized states, SYN-RECEIVED included ----

-- The host does without RFC 5961.
local WITHOUT = { rfc5961 = false }

common.synchronized = {
  ["SEG-RST-in-window"] = {
    { when = "just inside", segment = { flags = "R", seq = rcv(1) }, replies = { ACK } },
    { when = "at the last number inside", segment = { flags = "R", seq = edge(-1) }, replies = { ACK } },
  },
  ["SEG-RST-out-of-window"] = {
    { when = "left of the window", segment = { flags = "R", seq = rcv(-1) } },
    { when = "right of the window", segment = { flags = "R", seq = edge() } },
  },
  ["SEG-no-ACK"] = {
    { when = "bare", segment = { flags = "" } },
    { when = "with text and FIN", segment = { flags = "F", payload = "ab" } },
  },
}

-- From ESTABLISHED on a SYN draws a challenge, wherever it lies.
local function syns(flags)
  return {
    { when = "as the first one was", segment = { flags = flags, seq = irs() }, replies = { ACK } },
    { when = "in the window", segment = { flags = flags }, replies = { ACK } },
    { when = "right of the window", segment = { flags = flags, seq = edge(5) }, replies = { ACK } },
  }
end

local function extended(cell, variant)
  cell[#cell + 1] = variant
  return cell
end

common.from_established = common.merge(common.connection_exists, common.synchronized, {
  ["SEG-RST-in-window"] = extended({ table.unpack(common.synchronized["SEG-RST-in-window"]) }, {
    when = "without RFC 5961", options = WITHOUT, segment = { flags = "R", seq = rcv(1) }, next = "CLOSED", errors = { "ECONNRESET" },
    counts = { "SEG-RST-exact" },
  }),
  ["SEG-SYN"] = extended(syns "S", {
    when = "in the window, without RFC 5961", options = WITHOUT, segment = { flags = "S" }, replies = { words.RST_ACK }, next = "CLOSED",
    errors = { "ECONNRESET" },
  }),
  ["SEG-SYN-ACK"] = syns "S.",
  ["SEG-ACK-too-old"] = {
    { when = "one below MAX.SND.WND", segment = { ack = una(-1001) }, replies = { ACK } },
    { when = "with text and FIN", segment = { flags = "FP.", ack = una(-5000), payload = "ab" }, replies = { ACK } },
    { when = "without RFC 5961", options = WITHOUT, segment = { ack = una(-1001) }, counts = { "SEG-ACK-old" } },
  },
  ["SEG-ACK-future"] = {
    { when = "by one", segment = { ack = nxt(1) }, replies = { ACK } },
    { when = "with text and FIN", segment = { flags = "FP.", ack = nxt(5000), payload = "ab" }, replies = { ACK } },
  },
})

-- ---- windows ----

--- A receive buffer of four bytes, filled with text that nobody reads. After FIN the number of the FIN takes the fourth.
common.TINY = { receive_buffer = 4 }
function common.fill(text)
  return function(p)
    p:text(text)
    p:run(0.1)
  end
end

--- The peer closes its window.
function common.close_peer_window(p)
  p.peer_window = 0
  p:arrive {}
end

-- ---- RST ----

--- RST at RCV.NXT: with a RECEIVE under way, with a closed window, with text. fill: what fills a receive buffer of four in this state.
function common.reset(fill, told)
  return {
    {
      when = "with a RECEIVE under way", segment = { flags = "R" }, next = "CLOSED", errors = { "ECONNRESET" }, pending = told,
    },
    {
      when = "with RCV.WND = 0", options = common.TINY, established = common.fill(fill), segment = { flags = "R" }, next = "CLOSED",
      errors = { "ECONNRESET" },
    },
    { when = "with text on it", segment = { flags = "R", payload = "why" }, next = "CLOSED", errors = { "ECONNRESET" } },
  }
end

-- ---- text and FIN while the peer has not finished ----

--- fin: the state that the peer's FIN leads to.
function common.receiving(fin)
  local function reaches(p) expect("state once the gap is filled", fin, p.conn.state) end
  local received = common.receives
  local function fill_gap(text) return function(p) p:text(text) end end
  return {
    ["RECEIVE"] = {
      { when = "with text on hand", prepare = common.fill "abc", call = common.receive(2), returns = { "ab", n = 1 } },
      {
        when = "with too little on hand", prepare = common.fill "abc", call = common.receive(4),
        returns = { nil, "timeout", "abc", "EAGAIN", n = 4 },
      },
      {
        when = "with enough to open the window again", options = common.TINY, established = common.fill "abcd", call = common.receive(2),
        returns = { "ab", n = 1 }, replies = { words.with(ACK, { window = 2 }) },
      },
      {
        when = "with too little for the window to be worth a segment", options = common.TINY, established = common.fill "abcd",
        call = common.receive(1), returns = { "a", n = 1 },
      },
    },
    ["SEG-DATA-in-order"] = {
      { when = "alone", segment = { flags = "P.", payload = "ab" }, later = { words.ack_of(2) }, after = received "ab" },
      {
        when = "as the second", prepare = function(p) p:text "ab" end, segment = { flags = "P.", payload = "cd" },
        replies = { words.ack_of(2) }, after = received "abcd",
      },
      {
        when = "reaching out of the window", options = common.TINY, segment = { flags = "P.", payload = "abcdef" },
        later = { words.with(words.ack_of(4), { window = 0 }) }, after = received "abcd",
      },
      {
        when = "known in part", established = common.fill "ab", segment = { flags = "P.", seq = rcv(-1), payload = "bc" },
        later = { words.ack_of(1) }, after = received "abc",
      },
      {
        when = "filling a gap", prepare = function(p) p:arrive { flags = "P.", seq = rcv(2), payload = "cd" } end,
        segment = { flags = "P.", payload = "ab" }, replies = { words.ack_of(4) }, after = received "abcd",
      },
    },
    ["SEG-DATA-out-of-order"] = {
      segment = { flags = "P.", seq = rcv(1), payload = "bc" }, replies = { ACK },
      after = common.ends(fill_gap "a", received "abc"),
    },
    ["SEG-DATA-out-of-window"] = {
      { when = "right of it", segment = { flags = "P.", seq = edge(), payload = "x" }, replies = { ACK } },
      { when = "left of it", established = common.fill "ab", segment = { flags = "P.", seq = rcv(-2), payload = "ab" }, replies = { ACK } },
    },
    ["SEG-FIN-out-of-order"] = {
      choice = "a FIN beyond a gap waits with its text for the gap to be filled (SHLD-31)",
      { when = "bare", segment = { flags = "F.", seq = rcv(1) }, replies = { ACK }, after = common.ends(fill_gap "a", reaches) },
      {
        when = "with text", segment = { flags = "FP.", seq = rcv(1), payload = "bc" }, replies = { ACK },
        counts = { "SEG-DATA-out-of-order", "SEG-FIN-out-of-order" }, after = common.ends(fill_gap "a", reaches, received "abc"),
      },
    },
    ["SEG-URG"] = {
      { when = "ahead of the text read", segment = { flags = "U.", urgent = 5 }, urgent = { 5 } },
      { when = "moving on", prepare = function(p) p:arrive { flags = "U.", urgent = 5 } end, segment = { flags = "U.", urgent = 7 }, urgent = { 7 } },
      { when = "again where it was", prepare = function(p) p:arrive { flags = "U.", urgent = 5 } end, segment = { flags = "U.", urgent = 5 } },
    },
    ["TIMEOUT-delayed-ack"] = { prepare = function(p) p:text "ab" end, wait = 0.040, replies = { ACK } },
  }
end

--- MAY-1: after close() nobody will read any more, and text draws a RST (SHLD-3).
function common.half_duplex(cell)
  local copy = { table.unpack(cell) }
  copy[#copy + 1] = {
    when = "after the user closed both directions", prepare = function(p) p.conn:close() end, segment = { flags = "P.", payload = "ab" },
    replies = { words.ABORT_RST }, next = "CLOSED", errors = { "ECONNABORTED" }, half_duplex = true,
  }
  return copy
end

--- Text to a closed window: refused, but the ACK field counts where something is outstanding.
function common.refused(fill, more)
  local cell = {
    {
      when = "plain", options = common.TINY, established = common.fill(fill), segment = { flags = "P.", payload = "x" },
      replies = { words.CLOSED_WINDOW },
    },
  }
  for _, variant in ipairs(more or {}) do cell[#cell + 1] = variant end
  return cell
end

--- While the peer has not finished, the same holds for a FIN alone.
function common.refused_fin(fill)
  return {
    when = "of a FIN alone", options = common.TINY, established = common.fill(fill), segment = { flags = "F." }, replies = { words.CLOSED_WINDOW },
  }
end

--- The same with text of ours acknowledged by it, in states that may send.
function common.refused_but_acknowledging(fill)
  return common.refused(fill, {
    {
      when = "acknowledging what is outstanding", options = common.TINY, established = common.fill(fill),
      prepare = function(p) p.conn:send "mn"; p:run() end, segment = { flags = "P.", ack = nxt(), payload = "x" },
      replies = { words.CLOSED_WINDOW }, counts = { "SEG-ACK-new", "SEG-DATA-zero-window" }, timers = { retransmission = false },
    },
  })
end

-- ---- after the peer's FIN ----

common.peer_finished = {
  ["SEG-DATA-in-order"] = {
    segment = { flags = "P.", payload = "xy" }, after = function(p) expect("text to read", false, p.conn:dirty()) end,
  },
  ["SEG-DATA-out-of-order"] = {
    choice = "text past the FIN is nobody's: ignored without a reply",
    segment = { flags = "P.", seq = rcv(1), payload = "xy" },
  },
  ["SEG-DATA-out-of-window"] = {
    { when = "sent before the FIN", established = common.fill "ab", segment = { flags = "P.", seq = rcv(-3), payload = "ab" }, replies = { ACK } },
    { when = "right of it", segment = { flags = "P.", seq = edge(), payload = "x" }, replies = { ACK } },
  },
  ["SEG-FIN"] = { segment = { flags = "F.", seq = rcv(-1) }, replies = { ACK } },
  ["SEG-FIN-out-of-order"] = {
    choice = "RCV.NXT stays where the first FIN left it, and the peer is told so",
    { when = "at RCV.NXT", segment = { flags = "F." }, replies = { ACK } },
    { when = "beyond", segment = { flags = "F.", seq = rcv(3) }, replies = { ACK } },
  },
  ["SEG-URG"] = { segment = { flags = "U.", urgent = 5 } },
  ["RECEIVE"] = {
    { when = "with text on hand", established = common.fill "ab", call = common.receive(10), returns = { nil, "closed", "ab", "EPIPE", n = 4 } },
    { when = "with nothing on hand", call = common.receive(10), returns = words.RECEIVE_CLOSING },
  },
}

-- ---- timers ----

--- What is resent after one RTO, and the end at R2: the timer runs out after 1, 3 and 7 s.
function common.retransmission(reply, options)
  local again = words.with(reply, { seq = una(), retransmission = true })
  local ended = common.merge({ r2 = 5, syn_r2 = 5 }, options or {})
  return function(prepare)
    return {
      { when = "for the first time", options = options, prepare = prepare, wait = 1, replies = { again }, timers = { retransmission = 2 } },
      {
        when = "for the second time", options = options,
        prepare = function(p)
          if prepare then prepare(p) end
          p:run(1.5)
        end,
        wait = 1.5, replies = { again }, timers = { retransmission = 4 },
      },
      {
        when = "at R2", options = ended,
        prepare = function(p)
          if prepare then prepare(p) end
          p:run(6.5)
        end,
        wait = 0.5, next = "CLOSED", errors = { "ETIMEDOUT" },
      },
    }
  end
end

--- Nothing is heard for the user timeout of 5 s.
function common.user_timeout(prepare, pending)
  return {
    options = { user_timeout = 5 }, pending = pending,
    prepare = function(p)
      if prepare then prepare(p) end
      p:run(4)
    end,
    wait = 1, next = "CLOSED", errors = { "EUSERTIMEOUT" },
    choice = "the user timeout sends no RST: 3.10.8 prints none, and what it would tell the peer is nothing it could act on",
  }
end

--- Window probes after 1, 3 and 7 s. go: brings what is to be probed with, after the window closed.
function common.persist(first, again, established, prepare)
  local options = { r2 = 5 }
  local function and_run(seconds)
    return function(p)
      if prepare then prepare(p) end
      p:run(seconds)
    end
  end
  return {
    {
      when = "for the first time", established = established, prepare = prepare, wait = 1, replies = { first },
      timers = { persist = 2, retransmission = false },
    },
    { when = "for the second time", established = established, prepare = and_run(1.5), wait = 1.5, replies = { again }, timers = { persist = 4 } },
    {
      when = "with a probe answered before R2", options = options, established = established,
      prepare = function(p)
        and_run(6)(p)
        p:arrive { window = 0 }
      end,
      wait = 1, replies = { again },
    },
    {
      when = "at R2, unanswered", options = options, established = established, prepare = and_run(6.5), wait = 0.5, next = "CLOSED",
      errors = { "ETIMEDOUT" },
    },
  }
end

common.KEEPALIVE = { keepalive = true, keepalive_idle = 10, keepalive_interval = 5, keepalive_count = 2 }

common.keepalive = {
  {
    when = "after the interval of silence", options = common.KEEPALIVE, wait = 10, timers = { keepalive = 5 },
    replies = { words.reply("a probe", { flags = ".", seq = nxt(-1), ack = rcv(), probe = true }) },
  },
  {
    when = "after all the probes", options = common.KEEPALIVE, prepare = function(p) p:run(19) end, wait = 1, next = "CLOSED",
    errors = { "ETIMEDOUT" },
  },
}

--- The FIN is resent after 1, 3 and 7 s, and no probe comes between.
common.no_keepalive = {
  options = common.KEEPALIVE, prepare = function(p) p:run(9.5) end, wait = 0.5, timers = { keepalive = 10 },
  choice = "MUST-26 forbids a probe while something is outstanding: the timer starts again",
}

return common
