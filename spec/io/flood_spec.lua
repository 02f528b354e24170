-- SPDX-License-Identifier: MIT
-- A flood of SYNs against this machine's kernel, and against us with the kernel as the honest client. Each in a network namespace of its own.
local helper = require "spec.helper"
local namespace = require "spec.namespace"

-- A spec in the namespace; skipped, and said so, where there can be none.
local function live(name, check)
  it(name .. " #live", function()
    helper.need "namespace"
    helper.need "settings"
    check()
  end)
end

-- nginx on the kernel's side, its queue 8 long, is flooded by 2000 SYNs of strangers; then one comes who means it. cookies: what
-- net.ipv4.tcp_syncookies is set to. Answers what he got, and how many cookies the kernel gave and took.
local function besiege_the_kernel(cookies)
  helper.need "nginx"
  local folder = helper.shell("realpath " .. helper.folder()):gsub("\n", "")
  helper.write(folder .. "/page", "hello\n")
  local before, after, given, taken = namespace.run(function(root, mode)
    local help, nginx = require "spec.helper", require "spec.nginx"
    help.write("/proc/sys/net/ipv4/tcp_syncookies", mode)
    local net = assert(require "tcplab".tun { address = "10.9.0.1/16", trace = false })
    local client = net:host("client", { address = "10.9.0.2" })
    local server = nginx.start(root, "10.9.0.1:80 backlog=8")

    local function counter(name)
      local names, values = help.read "/proc/self/net/netstat":match "TcpExt: ([^\n]+)\nTcpExt: ([^\n]+)"
      local each = values:gmatch "%S+"
      for column in names:gmatch "%S+" do
        local value = each()
        if column == name then return math.tointeger(value) end
      end
    end

    local before = nginx.page(nginx.connect(server, client, "10.9.0.1"), "/page")
    local flood = net.link:flood { to = "10.9.0.1", port = 80, rate = 20000, count = 2000, from = "10.9.128.0/17" }
    net:run_until(function() return flood.count == 2000 end, 300)
    local conn, message = client:connect("10.9.0.1", 80, { timeout = mode == "0" and 3 or 300 })
    local after = conn and nginx.page(conn, "/page") or message
    local given, taken = counter "SyncookiesSent", counter "SyncookiesRecv"
    net:close()
    server:stop()
    return before, after, given, taken
  end, folder, cookies)
  helper.shell("rm -rf " .. helper.quote(folder))
  assert.equal("hello\n", before)
  return after, given, taken
end

-- The kernel's curl comes to a server of ours, its queue 8 long, while strangers flood it. Answers curl's exit code, what it printed, and what
-- the server counted.
local function besiege_us(cookies)
  helper.need "curl"
  return namespace.run(function(mode)
    local net = assert(require "tcplab".tun { address = "10.9.0.1/16", trace = false })
    local server = net:host("server", { address = "10.9.0.2", half_open = 8, syn_cookies = mode })
    local listener = assert(server:listen(80))
    net:spawn(function()
      local conn = listener:accept()
      if not conn then return end
      repeat local line = conn:receive "*l" until not line or line:match "^\r?$"
      conn:send "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n"
      conn:close()
    end)
    local flood = net.link:flood { to = server, port = 80, rate = 1000, seconds = 600, from = "10.9.128.0/17" }
    net:run_until(function() return flood.count >= 1000 end, 300)
    local curl = require "spec.namespace".start(("curl -sS --max-time %d http://10.9.0.2/"):format(mode == "never" and 3 or 300))
    local code, output = curl:wait(net)
    flood:close()
    local full = server:counters().refused["half-open-full"] or 0
    local half_open = server:counters().half_open
    net:close()
    return code, output, full, half_open
  end, cookies)
end

describe("a flood of SYNs", function()
  live("shuts honest clients out of the kernel when its queue is short and it has no cookies", function()
    local page, given = besiege_the_kernel "0"
    assert.equal("timeout", page)
    assert.equal(0, given)
  end)

  live("does not keep an honest client from the kernel with its cookies", function()
    local page, given, taken = besiege_the_kernel "1"
    assert.equal("hello\n", page)
    assert.is_true(given >= 1000, given .. " cookies given")
    assert.is_true(taken >= 1)
  end)

  live("shuts the kernel out of a server of ours without cookies, which says why", function()
    local code, _, full, half_open = besiege_us "never"
    assert.equal(28, code) -- curl's timeout
    assert.equal(8, half_open)
    assert.is_true(full >= 992)
  end)

  live("does not keep the kernel from a server of ours with cookies", function()
    local code, output, _, half_open = besiege_us "overflow"
    assert.equal("hello\n", output)
    assert.equal(0, code)
    assert.is_true(half_open <= 8)
  end)
end)
