-- SPDX-License-Identifier: MIT
-- This machine's kernel as a host: its own sockets, in a network namespace that the spec makes and that ends with it.
local helper = require "spec.helper"
local namespace = require "spec.namespace"
local tcplab = require "tcplab"

-- A spec in the namespace; skipped, and said so, where there can be none.
local function live(name, check)
  it(name .. " #live", function()
    helper.need "namespace"
    check()
  end)
end

-- What fn(net, kernel, ours) returns, in a namespace; the network is closed after it. It sees no locals of ours.
local function with_kernel(fn, ...)
  return namespace.run(function(code, ...)
    local net <close> = assert(require "tcplab".tun { address = { "10.9.0.1/24", "fd09::1/64" } })
    local kernel = net:host("linux", { kernel = true })
    return load(code)(net, kernel, net:host("ours", { address = { "10.9.0.2", "fd09::2" } }), ...)
  end, string.dump(fn), ...)
end

describe("the kernel as a host", function()
  live("connects, and speaks line by line, by count and to the end", function()
    local told = with_kernel(function(net, kernel, ours)
      local listener = assert(ours:listen(80))
      local conn = assert(kernel:connect(ours, 80, { data = "first\n" }))
      local peer = assert(listener:accept())
      local told = { conn.state, peer:receive(), conn:send "one\ntwothree\r\nrest" }
      told[#told + 1] = peer:receive() .. peer:receive(3) .. peer:receive "*l"
      peer:send "line\r\n12345end"
      peer:shutdown "send"
      told[#told + 1] = conn:receive() .. " " .. conn:receive(5, "0") .. " " .. conn:receive "*a"
      told[#told + 1] = table.concat({ conn:receive() == nil and select(2, conn:receive()), select(4, conn:receive()) }, " ")
      told[#told + 1] = table.concat({ conn:getpeername() }, " ")
      told[#told + 1] = table.concat({ conn:getstats() }, " ")
      net:run(0)
      return table.concat(told, "|")
    end)
    assert.equal("ESTABLISHED|first|18|onetwothree|line 01234 5end|closed EPIPE|10.9.0.2 80 inet|14 24", told)
  end)

  live("listens, over both families, and accepts; an address narrows it", function()
    local told, narrowed, refused = with_kernel(function(_, kernel, ours)
      local listener = assert(kernel:listen(80))
      local told = {}
      for _, address in ipairs { "10.9.0.1", "fd09::1" } do
        local conn = assert(ours:connect(address, 80))
        local peer = assert(listener:accept())
        conn:send "hello\n"
        told[#told + 1] = peer:receive() .. " " .. peer:getsockname() .. " " .. peer:getpeername()
      end
      local one = assert(kernel:listen(0, { address = "10.9.0.1" }))
      local _, refused = ours:connect("fd09::1", one.port)
      return table.concat(told, "|"), one:getsockname(), refused
    end)
    assert.equal("hello 10.9.0.1 10.9.0.2|hello fd09::1 fd09::2", told)
    assert.equal("10.9.0.1", narrowed)
    assert.equal("connection refused", refused)
  end)

  live("carries a mebibyte each way at once, byte for byte, in tasks, through a link with losses", function()
    local up, down, dropped = with_kernel(function(net, kernel, ours)
      local bytes = require "spec.helper".bytes
      local sent, answer = bytes(1 << 20, 1), bytes(1 << 20, 2)
      local fault = net.link:drop("DATA", { 20, 300, 700 })
      local listener = assert(kernel:listen(80))
      local conn = assert(ours:connect(kernel, 80))
      local peer = assert(listener:accept())
      net:spawn(function() conn:send(sent) conn:shutdown "send" end)
      net:spawn(function() peer:send(answer) peer:shutdown "send" end)
      local back = net:spawn(function() return conn:receive "*a" end)
      local up = peer:receive "*a" == sent
      return up, back:join() == answer, fault.count
    end)
    assert.is_true(up)
    assert.is_true(down)
    assert.equal(3, dropped)
  end)

  live("serves fifty connections at once in tasks", function()
    local lines = with_kernel(function(net, kernel, ours)
      local listener = assert(kernel:listen(80))
      net:spawn(function()
        while true do
          local peer = assert(listener:accept())
          net:spawn(function()
            peer:send(peer:receive() .. " too\n")
            peer:close()
          end)
        end
      end)
      local callers, lines = {}, 0
      for i = 1, 50 do
        callers[i] = net:spawn(function()
          local conn <close> = assert(ours:connect(kernel, 80))
          conn:send("caller " .. i .. "\n")
          return conn:receive()
        end)
      end
      for i, caller in ipairs(callers) do lines = lines + (caller:join() == "caller " .. i .. " too" and 1 or 0) end
      return lines
    end)
    assert.equal(50, lines)
  end)

  live("answers what the network does as nil, message and code: refusal, reset, time-out, an address in use", function()
    local refused, reset, late, in_use, unreachable = with_kernel(function(net, kernel, ours)
      local function told(...)
        local values = table.pack(...)
        for i = 1, values.n do values[i] = tostring(values[i]) end
        return table.concat(values, " ")
      end
      local refused = told(kernel:connect(ours, 81))
      local listener = assert(ours:listen(80))
      local conn, peer = assert(kernel:connect(ours, 80)), assert(listener:accept())
      conn:settimeout(0.01)
      local late = told(conn:receive())
      conn:settimeout()
      net:spawn(function()
        net:sleep(0.05)
        peer:abort()
      end)
      local reset = told(conn:receive "*a")
      assert(kernel:listen(90))
      local in_use = told(kernel:listen(90))
      local unreachable = told(kernel:connect("192.0.2.1", 80))
      return refused, reset, late, in_use, unreachable
    end)
    assert.equal("nil connection refused ECONNREFUSED", refused)
    assert.equal("nil closed  ECONNRESET", reset)
    assert.equal("nil timeout  EAGAIN", late)
    assert.equal("nil address already in use EADDRINUSE", in_use)
    assert.equal("nil network is unreachable ENETUNREACH", unreachable)
  end)

  live("gives a connect up after its timeout, and leaves no socket of it", function()
    local answer, left, state = with_kernel(function(net, kernel, ours)
      net.link:drop "SYN"
      local conn, message, code = kernel:connect(ours, 80, { timeout = 0.05 })
      local left = #kernel:connections()
      local opened = assert(kernel:open { address = ours, port = 80 })
      return tostring(conn) .. " " .. message .. " " .. code, left, opened.state
    end)
    assert.equal("nil timeout EAGAIN", answer)
    assert.equal(0, left)
    assert.equal("SYN-SENT", state)
  end)

  live("tells a waiting send that the peer has reset, and how far it came", function()
    local message, code, partial = with_kernel(function(net, kernel, ours)
      local listener = assert(kernel:listen(80))
      local conn = assert(ours:connect(kernel, 80, { receive_buffer = 10000 }))
      local peer = assert(listener:accept())
      net:spawn(function()
        net:sleep(0.1)
        conn:abort()
      end)
      local _, message, last, code = peer:send(("x"):rep(16 << 20))
      return message, code, last > 10000 and last < 16 << 20
    end)
    assert.same({ "closed", "ECONNRESET", true }, { message, code, partial })
  end)

  live("begins a connection without waiting; its first send waits for the handshake", function()
    local before, line, after = with_kernel(function(net, kernel, ours)
      local listener = assert(ours:listen(80))
      net.link:set { delay = 0.02 }
      local conn = assert(kernel:open { address = "10.9.0.2", port = 80, local_port = 7777 })
      local before = conn.state
      assert(conn:send "hello\n")
      return before, listener:accept():receive(), conn.state .. " " .. select(2, conn:getsockname())
    end)
    assert.same({ "SYN-SENT", "hello", "ESTABLISHED 7777" }, { before, line, after })
  end)

  live("tells its states, also when the socket is closed", function()
    local states = with_kernel(function(net, kernel, ours)
      local listener = assert(ours:listen(80))
      local states = {}
      for _, address in ipairs { "10.9.0.2", "fd09::2" } do
        local conn = assert(kernel:connect(address, 80))
        local peer = assert(listener:accept())
        states[#states + 1] = conn.state
        conn:shutdown "send"
        net:run(0.02)
        states[#states + 1] = conn.state
        conn:close()
        states[#states + 1] = conn.state
        peer:close()
        net:run(0.05)
        states[#states + 1] = conn.state .. " " .. conn:status().state .. " " .. tostring((select(2, conn:send "x")))
      end
      local conn = assert(kernel:connect(ours, 80))
      listener:accept():close()
      net:run(0.02)
      states[#states + 1] = conn.state
      conn:abort()
      states[#states + 1] = conn.state
      return table.concat(states, "|")
    end)
    local each = "ESTABLISHED|FIN-WAIT-2|FIN-WAIT-2|TIME-WAIT TIME-WAIT closed|"
    assert.equal(each .. each .. "CLOSE-WAIT|CLOSED", states)
  end)

  live("tells TCP_INFO in the words of ours, and by its own", function()
    local told, times, own = with_kernel(function(net, kernel, ours)
      local listener = assert(kernel:listen(80, { TCP_CONGESTION = "reno" }))
      local conn = assert(ours:connect(kernel, 80))
      local peer = assert(listener:accept())
      net.link:set { delay = 0.02 }
      peer:send(("x"):rep(5000))
      conn:receive(5000)
      net:run(0.1)
      net.link:down()
      peer:send(("y"):rep(100))
      conn:send "unread"
      local status = peer:status()
      local info = status.tcp_info
      local told = table.concat({
        status.state, status.congestion, status.phase, status.snd.mss, status.cwnd // status.snd.mss == info.snd_cwnd and "segments" or "odd",
        status.flight, status.send_queue, status.ssthresh, tostring(status.sack), tostring(status.ecn), status.remote_address,
      }, " ")
      return told, status.srtt > 0.001 and status.rto >= 0.2 and status.min_rtt <= status.srtt,
        info.bytes_acked .. " " .. info.unacked .. " " .. info.snd_wscale .. " " .. tostring(info.rto > 200000 and info.rto < 1000000)
    end)
    assert.equal("ESTABLISHED reno open 1448 segments 100 100 1073741824 true false 10.9.0.2", told)
    assert.is_true(times)
    assert.matches("^5000 1 %d+ true$", own)
  end)

  live("takes socket options by their C names, in the kernel's units", function()
    local values, messages = with_kernel(function(_, kernel, ours)
      local listener = assert(ours:listen(80))
      local conn = assert(kernel:connect(ours, 80, { TCP_NODELAY = true, IP_TTL = 9, TCP_MAXSEG = 1000, SO_LINGER = 3 }))
      local peer = assert(listener:accept())
      conn:setoption("TCP_USER_TIMEOUT", 1500)
      conn:setoption("SO_KEEPALIVE", 1)
      local values = {}
      for _, name in ipairs { "TCP_NODELAY", "IP_TTL", "TCP_USER_TIMEOUT", "SO_KEEPALIVE", "SO_LINGER", "TCP_CORK", "SO_ERROR" } do
        values[#values + 1] = tostring(conn:getoption(name))
      end
      values[#values + 1] = peer:status().snd.mss
      local messages = {}
      for _, call in ipairs {
        function() conn:setoption("TCP_NODELY", 1) end, function() conn:setoption("TCP_NODELAY", "yes") end,
        function() kernel:connect(ours, 80, { nodelay = true }) end,
      } do messages[#messages + 1] = select(2, pcall(call)) end
      local _, message, code = conn:setoption("IP_TTL", 1000)
      messages[#messages + 1] = message .. " " .. code
      return table.concat(values, " "), table.concat(messages, "\n")
    end)
    assert.equal("1 9 1500 1 3 0 0 988", values) -- 1000 less the timestamps
    assert.matches('unknown option "TCP_NODELY" of the kernel\'s; did you mean "TCP_NODELAY"?', messages, 1, true)
    assert.matches('TCP_NODELAY: an integer expected, got "yes"', messages, 1, true)
    assert.matches('unknown option "nodelay" of the kernel\'s; did you mean', messages, 1, true)
    assert.matches("IP_TTL: Invalid argument EINVAL", messages, 1, true)
  end)

  live("resets what SO_LINGER 0, abort and unread text end, as Linux does, and sends a FIN else", function()
    local kinds = with_kernel(function(net, kernel, ours)
      local listener = assert(kernel:listen(80))
      local kinds = {}
      local function last_of(finish, text)
        local conn = assert(ours:connect(kernel, 80))
        local peer = assert(listener:accept())
        if text then conn:send(text) end
        net:run(0.02)
        local last
        local hook = kernel:on("segment", function(e) last = e.from == kernel and e.segment.flags or last end)
        finish(peer)
        net:run(0.02)
        hook:close()
        kinds[#kinds + 1] = last
      end
      last_of(function(peer) peer:close() end)
      last_of(function(peer) peer:abort() end)
      last_of(function(peer)
        peer:setoption("SO_LINGER", 0)
        peer:close()
      end)
      last_of(function(peer) peer:close() end, "unread")
      last_of(function(peer)
        peer:setoption("SO_LINGER", 100)
        peer:close()
      end)
      return table.concat(kinds, " ")
    end)
    assert.equal("F. R. R. R. F.", kinds)
  end)

  live("tells its listener's queue: one connection more than the backlog", function()
    local queue, closed = with_kernel(function(net, kernel, ours)
      local listener = assert(kernel:listen(80, { backlog = 2 }))
      for _ = 1, 5 do ours:open { address = "10.9.0.1", port = 80 } end
      net:run(0.1)
      local status = listener:status()
      listener:close()
      listener:close()
      return status.waiting .. " of " .. status.backlog, tostring(listener:status()) .. " " .. select(2, listener:accept())
    end)
    assert.equal("3 of 2", queue)
    assert.equal("nil closed", closed)
  end)

  live("sends text with its SYN, once it has a cookie", function()
    helper.need "settings"
    local syns = with_kernel(function(net, kernel, ours)
      assert(kernel:setoption("net.ipv4.tcp_fastopen", 1))
      local listener = assert(ours:listen(80, { fast_open = "server" }))
      local syns = {}
      net:on("segment", function(e)
        if e.from == kernel and e.segment.kind == "SYN" and e.point == "sent" then syns[#syns + 1] = "(" .. e.segment.payload .. ")" end
      end)
      for i = 1, 2 do
        local conn = assert(kernel:connect(ours, 80, { TCP_FASTOPEN_CONNECT = 1, data = "hello " .. i .. "\n" }))
        local peer <close> = assert(listener:accept())
        syns[#syns + 1] = peer:receive()
        conn:close()
      end
      return table.concat(syns, " ")
    end)
    assert.equal("() hello 1 (hello 2\n) hello 2", syns)
  end)

  live("sends urgent text", function()
    local urgent = with_kernel(function(net, kernel, ours)
      local listener = assert(ours:listen(80))
      local conn = assert(kernel:connect(ours, 80))
      local peer = assert(listener:accept())
      conn:send_urgent "stop!"
      net:run(0.02)
      return peer.urgent
    end)
    assert.equal(5, urgent)
  end)

  live("reads and changes the kernel's settings, of this namespace alone", function()
    helper.need "settings"
    local before, after, rmem, unknown, flags = with_kernel(function(net, kernel, ours)
      local before = kernel:getoption "net.ipv4.tcp_syncookies"
      assert(kernel:setoption("net.ipv4.tcp_syncookies", before == 1 and 0 or 1))
      assert(kernel:setoption("net.ipv4.tcp_timestamps", false))
      local after = kernel:getoption "net.ipv4.tcp_syncookies"
      local _, message, code = kernel:setoption("net.ipv4.tcp_no_such", 1)
      ours:listen(80)
      local conn = assert(kernel:connect(ours, 80))
      net:run(0)
      return before, after, kernel:getoption "net.ipv4.tcp_rmem", message .. " " .. code, conn:status().timestamps
    end)
    assert.equal(1, before + after)
    assert.matches("^%d+ %d+ %d+$", rmem)
    assert.equal("net.ipv4.tcp_no_such: no such file or directory ENOENT", unknown)
    assert.is_false(flags)
  end)

  live("goes by its name in events, ladders and saved traces", function()
    local folder = helper.shell("realpath " .. helper.folder()):gsub("\n", "")
    local same, from, ladder = with_kernel(function(net, kernel, ours, path)
      local from
      net:on("segment", function(e) from = from or e.from.name end)
      kernel:connect(ours, 80)
      assert(net.trace:save(path))
      return net:node "linux" == kernel and net:node "kernel" == nil, from, tostring(net.trace:ladder())
    end, folder .. "/named.jsonl")
    local first = assert(tcplab.load(folder .. "/named.jsonl")):events {}()
    helper.shell("rm -rf " .. helper.quote(folder))
    assert.is_true(same)
    assert.equal("linux", from)
    assert.matches("linux", ladder)
    assert.same({ "linux", "edge" }, { first.from.name, first.from.kind })
  end)

  live("leaves no descriptor, no socket of the kernel's and no segment when the network is closed", function()
    local left, sockets, states = namespace.run(function()
      local help = require "spec.helper"
      require "tcplab".tun({ address = "10.9.0.1/24" }):close() -- libuv opens a pipe of its own once in a process
      local before = help.descriptors()
      local net = assert(require "tcplab".tun { address = "10.9.0.1/24" })
      local kernel, ours = net:host("kernel", { kernel = true }), net:host("ours", { address = "10.9.0.2" })
      local listener = assert(kernel:listen(80))
      local conns = {}
      for i = 1, 10 do
        conns[i] = assert(ours:connect(kernel, 80))
        conns[i + 10] = assert(listener:accept())
      end
      local reader = net:spawn(function() return conns[20]:receive() end)
      net:run(0.02)
      net:close()
      local left = help.descriptors() - before
      local table_of = help.read "/proc/self/net/tcp"
      return left, select(2, table_of:gsub("\n", "")) - 1, conns[20].state .. " " .. reader.state
    end)
    assert.equal(0, left)
    assert.equal(0, sockets)
    assert.equal("CLOSED closed", states)
  end)

  live("costs no processor time while unread text and callers wait for nobody", function()
    local instructions, woken = with_kernel(function(net, kernel, ours)
      local listener, other = assert(kernel:listen(80)), assert(kernel:listen(81))
      local conn = assert(ours:connect(kernel, 80))
      local peer = assert(listener:accept())
      local woken
      net:spawn(function() woken = other:accept() ~= nil end) -- somebody waits, for something else
      conn:send "unread"
      ours:connect(kernel, 80)
      net:run(0.1)
      local instructions = 0 -- Lua's, in a second: one that turns round and round takes millions
      debug.sethook(function() instructions = instructions + 100 end, "", 100)
      net:run(1)
      debug.sethook()
      ours:connect(kernel, 81)
      net:run(0.1)
      return instructions, woken and peer:dirty()
    end)
    assert.is_true(instructions < 20000, instructions .. " instructions")
    assert.is_true(woken)
  end)

  live("is readable by its network's descriptor, and served by run(0), in a host program's own loop", function()
    local line = with_kernel(function(net, kernel, ours)
      local listener = assert(kernel:listen(80))
      local line
      net:spawn(function() line = listener:accept():receive() end)
      local conn = assert(ours:open { address = "10.9.0.1", port = 80 })
      net:spawn(function() conn:send "hello\n" end)
      for _ = 1, 1000 do
        net:run(0)
        if line then break end
        os.execute "sleep 0.005"
      end
      return line
    end)
    assert.equal("hello", line)
  end)

  live("is one, has the device's addresses, and takes no options of ours", function()
    local messages = namespace.run(function()
      local net <close> = assert(require "tcplab".tun { address = "10.9.0.1/24" })
      local messages = {}
      local function raises(f, ...) messages[#messages + 1] = select(2, pcall(f, ...)) end
      net:host("taken", { address = "10.9.0.2" })
      raises(net.host, net, "taken", { kernel = true })
      raises(net.host, net, "linux", { kernel = true, address = "10.9.0.9" })
      raises(net.host, net, "linux", { kernel = true, profile = "linux" })
      local kernel = net:host("linux", { kernel = true, address = "10.9.0.1" })
      raises(net.host, net, "again", { kernel = true })
      raises(kernel.on, kernel, "state", print)
      raises(kernel.open, kernel, { address = "10.9.0.2", port = 1, passive = true })
      raises(kernel.setoption, kernel, "kernel.hostname", "x")
      return table.concat(messages, "\n")
    end)
    for _, part in ipairs {
      'there is a "taken" already', "the kernel has the device's, 10.9.0.1", 'option "profile"', 'already: "linux"', 'no moment but "segment"',
      "no passive OPEN", 'a name like "net.ipv4.tcp_ecn" expected',
    } do assert.is_truthy(messages:find(part, 1, true), part .. " in:\n" .. messages) end
  end)

  it("is none in a lab, which says so", function()
    local net = tcplab.lab {}
    local ok, message = pcall(net.host, net, "linux", { kernel = true })
    assert.is_false(ok)
    assert.matches("kernel: a lab has no kernel", message, 1, true)
    assert.equal("ours", net:host("ours", { kernel = false, address = "10.9.0.2" }).name)
    net:close()
  end)
end)

-- What a question of the kernel does in its namespace, as a script of its own.
local QUESTION <const> = [[
local namespace = require "tcplab.net.namespace"
local function ask(number)
  local net, message, code = require "tcplab".tun { address = "10.9.0.1/24" }
  if not net then return nil, message, code end
  local kernel = net:host("kernel", { kernel = true, ["net.ipv4.tcp_syn_retries"] = number })
  local listener = net:host("ours", { address = "10.9.0.2" }):listen(80)
  local conn = assert(kernel:connect("10.9.0.2", 80))
  conn:send("question " .. number .. "\n")
  net:sleep(0.3) -- they are all there at once
  return listener:accept():receive(), kernel:getoption "net.ipv4.tcp_syn_retries"
end
local runs = {}
for i = 1, 5 do runs[i] = assert(namespace.start(ask, i)) end
for i = 1, 5 do print(runs[i]:answer()) end
local net = assert(require "tcplab".tun { address = "10.9.0.1/24", namespace = true })
print(net:host("kernel", { kernel = true }):listen(80).port)
]]
local ANSWERS <const> = "question 1\t1\nquestion 2\t2\nquestion 3\t3\nquestion 4\t4\nquestion 5\t5\n80\n"

describe("namespaces of the script's own making", function()
  local apart = require "tcplab.net.namespace"

  it("hold a kernel each, side by side #live", function()
    helper.need "namespace"
    helper.need "settings"
    local output, code = helper.tcplab("run " .. helper.script(QUESTION))
    assert.equal(ANSWERS, output)
    assert.equal(0, code)
  end)

  -- Root lends the user a device file of his own, over the machine's, in a mount namespace.
  it("are any user's who may open the device #live", function()
    helper.need "namespace"
    helper.need "settings"
    helper.need("setpriv", "Debian package util-linux")
    if helper.shell "id -u" ~= "0\n" then return end -- then the spec above has shown it
    local folder = helper.folder()
    local script = helper.write(folder .. "/script.lua", QUESTION)
    helper.shell("chmod -R a+rX " .. folder)
    local output = helper.shell(([[unshare --mount sh -c '
      mknod -m 666 %s/tun c 10 200 && mount --bind %s/tun /dev/net/tun &&
      exec setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all %s/tcplab run %s']])
      :format(folder, folder, helper.build, script))
    helper.shell("rm -rf " .. folder)
    if output:match "may not make a network namespace" then return end
    assert.equal(ANSWERS, output)
  end)

  it("answer with what the function returned, or raise what it raised #live", function()
    helper.need "namespace"
    local function told(f, ...) return apart.start(f, ...):answer() end
    assert.same({ 1, { 2, a = "two" }, nil, true, 0.5 }, { told(function(...) return ... end, 1, { 2, a = "two" }, nil, true, 0.5) })
    assert.equal(1 << 20, #told(function() return ("x"):rep(1 << 20) end))
    local ok, message = pcall(told, function() error "no such luck" end)
    assert.is_false(ok)
    assert.matches("no such luck", message)
    ok, message = pcall(told, function() return print end)
    assert.is_false(ok)
    assert.matches("no plain value", message)
    ok, message = pcall(told, function() os.exit(3) end)
    assert.is_false(ok)
    assert.matches("ended without an answer", message)
  end)

  it("end when they are closed, and with their parent #live #realtime", function()
    helper.need "namespace"
    local endless = apart.start(function() while true do end end)
    local pid = endless:pid()
    assert.equal("", (helper.shell("kill -0 " .. pid)))
    endless:close()
    endless:close()
    assert.is_nil(endless:pid())
    assert.are_not.equal("", (helper.shell("kill -0 " .. pid)))
    local output = helper.tcplab("run " .. helper.script [[
      local run = require "tcplab.net.namespace".start(function() while true do end end)
      print(run:pid())
      io.stdout:flush()
      os.exit(0, false)
    ]])
    local orphan = assert(math.tointeger(output))
    assert.equal("", (helper.shell(("for i in $(seq 100); do kill -0 %d 2>/dev/null || exit 0; sleep 0.05; done; echo it lives"):format(orphan))))
  end)
end)
