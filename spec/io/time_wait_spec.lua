-- SPDX-License-Identifier: MIT
-- A pair of sockets in TIME-WAIT that is used again, between us and this machine's kernel, in both roles (RFC 6191). Each in a network namespace.
local helper = require "spec.helper"
local namespace = require "spec.namespace"

-- A spec in the namespace; skipped, and said so, where there can be none.
local function live(name, check)
  it(name .. " #live", function()
    helper.need "namespace"
    check()
  end)
end

-- A FIN or a RST that comes once more, because this process was slow, would end a TIME-WAIT too early: options and filters keep them away.

-- curl comes twice from one port to a server of ours, which closes first. Answers what curl printed the second time, what ended the first
-- connection's TIME-WAIT, how many SYNs had come then, and how many in all.
local function kernel_comes_again(reopen)
  helper.need "curl"
  return namespace.run(function(option)
    local net = assert(require "tcplab".tun { address = "10.9.0.1/24" })
    local server = net:host("server", { address = "10.9.0.2", time_wait_reopen = option, sack = false, rto_min = 100, rto_max = 100 })
    local listener = assert(server:listen(80))
    local last, by, syns, needed
    net:on("state", function(e)
      if e.from == "TIME-WAIT" and not by then by, needed = e.event, syns end
    end)
    net:on("segment", function(e)
      if syns and e.segment and e.segment.kind == "SYN" and e.point ~= "sent" then syns = syns + 1 end
    end)
    net:spawn(function()
      while true do
        local conn = assert(listener:accept())
        repeat local line = conn:receive "*l" until not line or line:match "^\r?$"
        conn:send "HTTP/1.0 200 OK\r\n\r\nhello\n"
        conn:close()
        last = conn
      end
    end)
    local function curl()
      local code, output = require "spec.namespace".start "curl -sS --max-time 300 --local-port 40000 http://10.9.0.2/":wait(net)
      return code == 0 and output or code .. " " .. output
    end
    assert(curl() == "hello\n")
    net:run_until(function() return last.state == "TIME-WAIT" end, 300)
    syns = 0
    local again = curl()
    net:close()
    return again, by, needed, syns
  end, reopen)
end

-- We come twice from one port to nginx, which closes first. Answers the second page, how many SYNs it took, and whether the kernel was in TIME-WAIT.
local function we_come_again(fresh)
  helper.need "nginx"
  local folder = helper.shell("realpath " .. helper.folder()):gsub("\n", "")
  helper.write(folder .. "/page", "hello\n")
  local page, syns, waited = namespace.run(function(root, distinct)
    local help, nginx = require "spec.helper", require "spec.nginx"
    local net = assert(require "tcplab".tun { address = "10.9.0.1/24" })
    local options = { address = "10.9.0.2", rto_initial = 600 }
    if not distinct then options.timestamps, options.isn, options.rto_initial = false, function() return 1000 end, 1 end
    local client = net:host("client", options)
    local server = nginx.start(root, "10.9.0.1:80")
    local syns = 0
    net:on("segment", function(e)
      if e.segment and e.segment.kind == "SYN" and e.point == "sent" and e.from == client then syns = syns + 1 end
    end)
    local quiet = client:filter("out", function(segment) return segment.kind == "RST" and "drop" or nil end)
    local first = nginx.connect(server, client, "10.9.0.1", { local_port = 5000 })
    assert(nginx.page(first, "/page") == "hello\n")
    net:run_until(function() return first.state == "CLOSED" end, 300)
    local waited = help.read "/proc/self/net/tcp":find(":0050 %x+:1388 06") ~= nil -- ports 80 and 5000, TIME-WAIT
    syns = 0
    quiet:close()
    local page = nginx.page(assert(client:connect("10.9.0.1", 80, { local_port = 5000 })), "/page")
    net:close()
    server:stop()
    return page, syns, waited
  end, folder, fresh)
  helper.shell("rm -rf " .. helper.quote(folder))
  return page, syns, waited
end

describe("a pair of sockets in TIME-WAIT", function()
  live("is reopened by the kernel's SYN at once #R6191-1", function()
    local page, by, syns = kernel_comes_again(true)
    assert.equal("hello\n", page)
    assert.equal(1, syns)
    assert.equal("REUSE", by)
  end)

  live("challenges the kernel's SYN where it may not be reopened; the RST this draws ends it, and the next SYN gets through", function()
    local page, by, _, syns = kernel_comes_again(false)
    assert.equal("hello\n", page)
    assert.is_true(syns >= 2)
    assert.equal("SEG-RST-exact", by)
  end)

  live("on the kernel's side is reopened by our SYN at once #realtime", function()
    local page, syns, waited = we_come_again(true)
    assert.is_true(waited)
    assert.equal("hello\n", page)
    assert.equal(1, syns)
  end)

  live("on the kernel's side challenges a SYN that looks old; our RST ends it, and the next SYN gets through", function()
    local page, syns, waited = we_come_again(false)
    assert.is_true(waited)
    assert.equal("hello\n", page)
    assert.is_true(syns >= 2)
  end)
end)
