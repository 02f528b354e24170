-- SPDX-License-Identifier: MIT
-- The real network against this machine's kernel. Everything runs in a network namespace that the spec makes and that ends with it.
local helper = require "spec.helper"
local namespace = require "spec.namespace"

-- A spec in the namespace; skipped, and said so, where there can be none.
local function live(name, check)
  it(name .. " #live", function()
    helper.need "namespace"
    check()
  end)
end

describe("a real network", function()
  live("serves a page to curl on the kernel's side", function()
    helper.need "curl"
    local request, code, output = namespace.run(function()
      local net = assert(require "tcplab".tun { address = "10.9.0.1/24" })
      local listener = assert(net:host("server", { address = "10.9.0.2" }):listen(80))
      local request
      net:spawn(function()
        local conn = assert(listener:accept())
        request = conn:receive "*l"
        repeat local line = conn:receive "*l" until not line or line:match "^\r?$"
        conn:send "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n"
        conn:close()
      end)
      local curl = require "spec.namespace".start "curl -sS --max-time 300 http://10.9.0.2/greeting"
      local code, output = curl:wait(net)
      net:close()
      return request, code, output
    end)
    assert.equal("hello\n", output)
    assert.equal(0, code)
    assert.equal("GET /greeting HTTP/1.1", (request:gsub("\r$", "")))
  end)

  live("shows the handshake that the lab shows, but for the window and options of that kernel", function()
    helper.need "bash"
    local folder = helper.shell("realpath " .. helper.folder()):gsub("\n", "")
    namespace.run(function(path)
      local net = assert(require "tcplab".tun { address = "10.9.0.1/24" })
      local listener = assert(net:host("server", { address = "10.9.0.2" }):listen(80))
      require "spec.namespace".start "bash -c 'exec 3<>/dev/tcp/10.9.0.2/80 && read line <&3'"
      assert(listener:accept())
      assert(net.trace:save(path))
      net:close()
    end, folder .. "/kernel.jsonl")
    local tcplab = require "tcplab"
    local lab = tcplab.lab {}
    local server, kernel = lab:host("server", { address = "10.9.0.2" }), lab:host("kernel", { address = "10.9.0.1" })
    lab:link(server, kernel)
    server:listen(80)
    assert(kernel:connect(server, 80))
    lab:run(0)
    local theirs = assert(tcplab.load(folder .. "/kernel.jsonl"))
    local difference, segments = tcplab.diff(lab, theirs, { tolerance = 5, ignore = { "options", "window" } })
    assert.is_nil(difference, tostring(difference))
    assert.equal(3, segments)
    assert.equal("window", tcplab.diff(lab, theirs, { tolerance = 5 }).fields[1].name)
  end)

  live("drops what its device does not take, and says so", function()
    helper.need "ip"
    local before, after, reason = namespace.run(function()
      local net = assert(require "tcplab".tun { address = "10.9.0.1/24" })
      local client, reason = net:host("client", { address = "10.9.0.2", rto_initial = 600 }), nil
      net:on("segment", function(e) reason = reason or e.point == "dropped" and e.reason end)
      client:connect("10.9.0.1", 80)
      local before = net:counters().dropped.closed
      os.execute("ip link set " .. net.device .. " down")
      client:open { address = "10.9.0.1", port = 80 }
      net:run(0.01)
      local after = net:counters().dropped.closed
      net:close()
      return before, after, reason
    end)
    assert.same({ 0, 1, "closed" }, { before, after, reason })
  end)

  live("serves a page over IPv6", function()
    helper.need "curl"
    local code, output = namespace.run(function()
      local net = assert(require "tcplab".tun { address = "fd09::1/64" })
      local listener = assert(net:host("server", { address = "fd09::2" }):listen(80))
      net:spawn(function()
        local conn = assert(listener:accept())
        conn:send "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n"
        conn:receive(1)
        conn:shutdown "send"
        conn:receive "*a"
      end)
      local curl = require "spec.namespace".start "curl -sS --max-time 300 'http://[fd09::2]/'"
      local code, output = curl:wait(net)
      net:close()
      return code, output
    end)
    assert.equal("hello\n", output)
    assert.equal(0, code)
  end)

  live("fetches a mebibyte from nginx on the kernel's side, byte for byte", function()
    helper.need "nginx"
    local folder = helper.shell("realpath " .. helper.folder()):gsub("\n", "")
    local bytes = helper.bytes(1 << 20, 9)
    helper.write(folder .. "/page", bytes)
    local status, length, same = namespace.run(function(root)
      local help = require "spec.helper"
      local net = assert(require "tcplab".tun { address = "10.9.0.1/24" })
      local client = net:host("client", { address = "10.9.0.2" })
      local process = require "spec.nginx".start(root, "10.9.0.1:80")
      local conn = require "spec.nginx".connect(process, client, "10.9.0.1")
      conn:send "GET /page HTTP/1.0\r\nHost: kernel\r\n\r\n"
      local status, length = conn:receive "*l", nil
      repeat
        local line = assert(conn:receive "*l")
        length = length or tonumber(line:match "^Content%-Length: (%d+)")
      until line:match "^\r?$"
      local body = assert(conn:receive "*a")
      conn:close()
      net:close()
      process:stop()
      return status, length, body == help.read(root .. "/page")
    end, folder)
    helper.shell("rm -rf " .. helper.quote(folder))
    assert.equal("HTTP/1.1 200 OK", (status:gsub("\r$", "")))
    assert.equal(1 << 20, length)
    assert.is_true(same)
  end)

  live("carries a mebibyte each way over one connection, byte for byte, through a link with losses", function()
    helper.need "curl"
    local folder = helper.shell("realpath " .. helper.folder()):gsub("\n", "")
    local code, output, up, down, dropped = namespace.run(function(root)
      local help = require "spec.helper"
      local sent, answer = help.bytes(1 << 20, 1), help.bytes(1 << 20, 2)
      help.write(root .. "/sent", sent)
      local net = assert(require "tcplab".tun { address = "10.9.0.1/24" })
      local server = net:host("server", { address = "10.9.0.2" })
      local fault = net.link:drop("DATA", { 20, 400, 900 })
      local listener = assert(server:listen(80))
      local got
      net:spawn(function()
        local conn = assert(listener:accept())
        repeat local line = conn:receive "*l" until not line or line:match "^\r?$"
        got = conn:receive(1 << 20)
        conn:send("HTTP/1.1 200 OK\r\nContent-Length: " .. #answer .. "\r\nConnection: close\r\n\r\n" .. answer)
        conn:close()
      end)
      local curl = require "spec.namespace".start(
        ("curl -sS --max-time 300 -H Expect: --data-binary @%s/sent -o %s/received http://10.9.0.2/"):format(help.quote(root), help.quote(root)))
      local code, output = curl:wait(net)
      local dropped = fault.count
      net:close()
      return code, output, got == sent, help.read(root .. "/received") == answer, dropped
    end, folder)
    helper.shell("rm -rf " .. helper.quote(folder))
    assert.equal("", output)
    assert.equal(0, code)
    assert.is_true(up)
    assert.is_true(down)
    assert.equal(3, dropped)
  end)

  live("shows the kernel's SYN sent again a second after it was lost", function()
    local first, second, between, same = namespace.run(function()
      local net = assert(require "tcplab".tun { address = "10.9.0.1/24" })
      local listener = assert(net:host("server", { address = "10.9.0.2" }):listen(80))
      net.link:drop("SYN", 1)
      local caller = require "spec.namespace".start "bash -c 'exec 3<>/dev/tcp/10.9.0.2/80'"
      local conn = assert(listener:accept())
      caller:wait(net)
      conn:close()
      local seen = {}
      for e in net.trace:events { moment = "segment" } do
        if e.segment and e.segment.kind == "SYN" and e.point ~= "sent" then seen[#seen + 1] = e end
      end
      net:close()
      assert(#seen >= 2, "no second SYN")
      local one, two = seen[1].segment, seen[2].segment
      return seen[1].point .. " " .. tostring(seen[1].reason), seen[2].point, two.options.timestamps.value - one.options.timestamps.value,
        one.seq == two.seq and one.source_port == two.source_port
    end)
    assert.equal("dropped fault", first)
    assert.equal("delivered", second)
    assert.is_true(same)
    assert.is_true(between > 900, "the second SYN left after " .. between .. " ms") -- by the kernel's clock, whenever we came to read it
  end)

  live("refuses the kernel a closed port", function()
    local code, output = namespace.run(function()
      local net = assert(require "tcplab".tun { address = "10.9.0.1/24" })
      net:host("server", { address = "10.9.0.2" })
      local caller = require "spec.namespace".start "bash -c 'exec 3<>/dev/tcp/10.9.0.2/81'"
      local code, output = caller:wait(net)
      net:close()
      return code, output
    end)
    assert.equal(1, code)
    assert.matches("Connection refused", output)
  end)

  live("has hosts of ours that speak to the kernel and to each other", function()
    local between, to_kernel, message = namespace.run(function()
      local net = assert(require "tcplab".tun { address = "10.9.0.1/24" })
      local one = net:host("one", { address = "10.9.0.2" })
      local two = net:host("two", { address = "10.9.0.3" })
      local listener = assert(two:listen(80))
      local conn = assert(one:connect("10.9.0.3", 80))
      local peer = assert(listener:accept())
      conn:send "hello\n"
      local line = peer:receive "*l"
      local refused, message = two:connect("10.9.0.1", 9)
      net:close()
      return line, refused == nil, message
    end)
    assert.equal("hello", between)
    assert.is_true(to_kernel)
    assert.equal("connection refused", message)
  end)

  live("has one wire, to the kernel by that name, whose delay and filters hold for live traffic", function()
    local message, code, took, kinds, device, refused = namespace.run(function()
      local net = assert(require "tcplab".tun { address = "10.9.0.1/24", name = "wire0", mtu = 1400, queue = 100, seed = 7, trace = false })
      local client = net:host("client", { address = "10.9.0.2", rto_initial = 600 })
      local kinds = {}
      net.link:set { delay = 0.05 }
      net.link:filter(function(segment) kinds[#kinds + 1] = segment.kind end)
      local before = net:now()
      local _, message, code = client:connect("kernel", 9)
      local took = net:now() - before
      local device = net.device .. " " .. tostring(net.link.b)
      local _, refused = pcall(net.switch, net, "another")
      net:close()
      return message, code, took, table.concat(kinds, " "), device, refused
    end)
    assert.equal("connection refused", message)
    assert.equal("ECONNREFUSED", code)
    assert.is_true(took >= 0.1, "there and back in " .. took .. " s")
    assert.equal("SYN RST", kinds)
    assert.equal("wire0 kernel: kernel (10.9.0.1)", device)
    assert.matches("one wire", refused)
  end)

  live("is one link as far as the device's prefix goes", function()
    local on, off, on6, off6 = namespace.run(function()
      local net = assert(require "tcplab".tun { address = { "10.9.0.1/24", "fd09::1/64" } })
      local client = net:host("client", { address = { "10.9.0.2", "fd09::2" }, pmtud = false })
      local function mss_to(address) return client:open({ address = address, port = 9 }):status().snd.mss end
      local on, off, on6, off6 = mss_to "10.9.0.1", mss_to "192.0.2.1", mss_to "fd09::3", mss_to "2001:db8::1"
      net:close()
      return on, off, on6, off6
    end)
    assert.same({ 1460, 536, 1440, 1220 }, { on, off, on6, off6 })
  end)

  live("raises what a filter raises, and goes on", function()
    local raised, message = namespace.run(function()
      local net = assert(require "tcplab".tun { address = "10.9.0.1/24" })
      local client = net:host("client", { address = "10.9.0.2" })
      local filter = net.link:filter(function() error "no such luck" end)
      local _, raised = pcall(client.connect, client, "10.9.0.1", 9)
      filter:close()
      local _, message = client:connect("10.9.0.1", 9)
      net:close()
      return raised, message
    end)
    assert.matches("no such luck", raised)
    assert.equal("connection refused", message)
  end)

  live("ends run() at its time, at stop, and at SIGINT", function()
    local at_time, took, at_stop, at_interrupt = namespace.run(function()
      local net = assert(require "tcplab".tun { address = "10.9.0.1/24" })
      local before = net:now()
      local at_time = net:run(0.05)
      local took = net:now() - before
      net:spawn(function()
        net:sleep(0.01)
        net:stop()
      end)
      local at_stop = net:run()
      local kill = require "spec.namespace".start "sh -c 'sleep 0.2; kill -INT 1'" -- this process is the first of its namespace
      local at_interrupt = net:run()
      kill:wait(net)
      net:close()
      return at_time, took, at_stop, at_interrupt
    end)
    assert.equal("time", at_time)
    assert.is_true(took >= 0.05)
    assert.equal("stopped", at_stop)
    assert.equal("stopped", at_interrupt)
  end)

  live("tells a host program's own loop when to call", function()
    local before, after, due = namespace.run(function()
      local net = assert(require "tcplab".tun { address = "10.9.0.1/24" })
      net:run(0)
      local before = net:deadline()
      local from = net:now()
      net:spawn(function() net:sleep(5) end)
      net:run(0)
      local due = net:deadline()
      local fd = net:fd()
      local ok = due and due >= from + 5 and due <= net:now() + 5
      net:close()
      return before, math.type(fd), ok
    end)
    assert.is_nil(before)
    assert.equal("integer", after)
    assert.is_true(due)
  end)

  live("leaves no device, no file and no thread when it is closed", function()
    local during, after, files, threads, kept = namespace.run(function()
      local function devices()
        local names = {}
        for line in io.lines "/proc/self/net/dev" do names[#names + 1] = line:match "^%s*(%S+):" end
        return table.concat(names, " ")
      end
      local function open_files()
        local count = 0
        for i = 0, 255 do
          local file = io.open("/proc/self/fdinfo/" .. i)
          if file then
            count = count + 1
            file:close()
          end
        end
        return count
      end
      local tcplab = require "tcplab"
      tcplab.tun({ address = "10.9.0.1/24" }):close() -- libuv opens a pipe of its own once in a process
      local files = open_files()
      local net = assert(tcplab.tun { address = "10.9.0.1/24", name = "wire0" })
      local conn = net:host("client", { address = "10.9.0.2" }):open { address = "10.9.0.1", port = 9 }
      net:run(0.01)
      local during = devices()
      net:close()
      net:close()
      local after = devices()
      tcplab.tun { address = "10.9.0.1/24", name = "wire0" }
      collectgarbage()
      collectgarbage()
      local threads
      for line in io.lines "/proc/self/status" do threads = threads or tonumber(line:match "^Threads:%s*(%d+)") end
      return during, after, open_files() - files, threads, tostring(conn.state) .. " " .. devices()
    end)
    assert.equal("lo wire0", during)
    assert.equal("lo", after)
    assert.equal(0, files)
    assert.equal(1, threads)
    assert.equal("CLOSED lo", kept)
  end)

  live("leaves no device when the process is killed", function()
    local during, after = namespace.run(function()
      local help = require "spec.helper"
      local script = os.tmpname()
      help.write(script, ([[package.path, package.cpath = %q, %q
        local net = assert(require "tcplab".tun { address = "10.9.0.1/24", name = "wire0" })
        net:run()]]):format(package.path, package.cpath))
      local preload = "env LD_PRELOAD=" .. help.quote(os.getenv "LD_PRELOAD" or "")
      local other = require "spec.namespace".start(preload .. " " .. arg[-1] .. " " .. script)
      local function there() return help.shell("grep -c wire0 /proc/self/net/dev"):match "%d+" end
      local during
      repeat during = there() until during == "1" or other:status()
      other:stop "KILL"
      os.remove(script)
      return during, there()
    end)
    assert.equal("1", during)
    assert.equal("0", after)
  end)

  live("says when its device was taken away", function()
    helper.need("ip", "Debian package iproute2")
    local ok, message = namespace.run(function()
      local net = assert(require "tcplab".tun { address = "10.9.0.1/24", name = "wire0" })
      require "spec.helper".shell "PATH=$PATH:/usr/sbin:/sbin ip link delete wire0"
      local ok, message = pcall(net.run, net, 1)
      net:close()
      return ok, message
    end)
    assert.is_false(ok)
    assert.matches("the device wire0 is gone", message, 1, true)
  end)

  live("is kept for the command when it closes", function()
    local path = helper.script [[
      local net = assert(require "tcplab".tun { address = "10.9.0.1/24", trace = false })
      net:host("server", { address = "10.9.0.2" })
      net:close()
    ]]
    local output, code = helper.shell(("spec/tools/live %s/tcplab run --json %s"):format(helper.build, path))
    assert.equal(0, code, output)
    assert.equal(1, #require "dkjson".decode(output).networks)
  end)

  live("tells the lab's story with the kernel in it: examples/live.lua", function()
    local folder = helper.folder()
    local preload = helper.quote(os.getenv "LD_PRELOAD" or "")
    local output, code = helper.shell(
      ("TCPLAB_CAPTURE=%s/live.pcapng spec/tools/live env LD_PRELOAD=%s %s/tcplab run --no-color examples/live.lua")
        :format(folder, preload, helper.build))
    local saved = helper.read(folder .. "/live.pcapng")
    helper.shell("rm -rf " .. helper.quote(folder))
    assert.equal(0, code, output)
    for _, part in ipairs { "says: hello\n", "hears: welcome\n", "fault X─ SYN%-ACK", "FIN%-WAIT%-1", "TIME%-WAIT" } do
      assert.matches(part, output)
    end
    assert.is_true(#saved > 500)
  end)

  live("tells segment by segment what the lab tells: examples/kernel.lua", function()
    local run = ("spec/tools/live env LD_PRELOAD=%s %s/tcplab run --no-color kernel %%s 2>&1")
      :format(helper.quote(os.getenv "LD_PRELOAD" or ""), helper.build)
    local output, code
    for _ = 1, 10 do -- where this machine stands still for a fifth of a second, the kernel sends something again; times differ sooner
      output, code = helper.shell(run:format "")
      if code == 0 and output:find("are those of linux", 1, true) then break end
    end
    assert.equal(0, code, output)
    assert.matches("the same: 14 segments", output, 1, true)
    local version = helper.read "/proc/sys/kernel/osrelease":match "^%d+%.%d+"
    assert.matches(version == "6.18" and "nearest,\nlinux%-6%.18:" or "nearest,\nlinux%-%d+%.%d+:", output)
    if version == "6.18" then
      for _, field in ipairs { "options", "window" } do assert.is_nil(output:find("\n  " .. field .. ": first", 1, true), output) end
    end
    output, code = helper.shell(run:format "without")
    assert.equal(1, code, output)
    assert.matches("parts at the 2nd segment from kernel", output, 1, true)
  end)

  live("names what stands in the way of a device", function()
    local taken, refused = namespace.run(function()
      local tcplab = require "tcplab"
      local function failure(options)
        local net, message, code = tcplab.tun(options)
        return net == nil and code .. ": " .. message
      end
      local net = assert(tcplab.tun { address = "10.9.0.1/24", name = "wire0" })
      local taken = failure { address = "10.9.1.1/24", name = "wire0" }
      local refused = failure { address = "10.9.1.1/24", name = "lo" }
      net:close()
      return taken, refused
    end)
    local no_right = namespace.run_without_rights(function()
      local net, message, code = require "tcplab".tun { address = "10.9.0.1/24" }
      return net == nil and code .. ": " .. message
    end)
    assert.equal('EBUSY: there is a device named "wire0" already: choose another name, or leave it out', taken)
    assert.equal('EBUSY: there is a device named "lo" already: choose another name, or leave it out', refused)
    assert.matches("^E[A-Z]+: .*run as root", no_right)
  end)
end)

describe("a real network's options", function()
  local tcplab = require "tcplab"

  local function complaint(options)
    local ok, message = pcall(tcplab.tun, options)
    assert.is_false(ok)
    return message
  end

  it("are refused by name when they are wrong", function()
    assert.matches("address", complaint {})
    assert.matches('bad address "10.9.0/24"', complaint { address = "10.9.0/24" }, 1, true)
    assert.matches("lacks a prefix length", complaint { address = "10.9.0.1" }, 1, true)
    assert.matches('bad prefix length in "10.9.0.1/33"', complaint { address = "10.9.0.1/33" }, 1, true)
    assert.matches("must be a unicast one", complaint { address = "224.0.0.1/8" }, 1, true)
    assert.matches("must be a unicast one", complaint { address = "::/64" }, 1, true)
    assert.matches("one family", complaint { address = { "10.9.0.1/24", "10.9.0.2/24" } })
    assert.matches("is too long", complaint { address = "10.9.0.1/24", name = "a-name-of-sixteen" })
    assert.matches("bad device name", complaint { address = "10.9.0.1/24", name = "a b" })
    assert.matches("bad MTU", complaint { address = "fd09::1/64", mtu = 1279 })
    assert.matches("adress.*address", complaint { adress = "10.9.0.1/24" })
  end)
end)
