-- SPDX-License-Identifier: MIT
-- Fast Open (RFC 7413) between us and this machine's kernel, in both roles.
local helper = require "spec.helper"
local namespace = require "spec.namespace"

-- What a busy machine sends again does not matter: what is looked at is what the first SYNs carry, and that all data comes once.
local function live(name, check)
  it(name .. " #live", function()
    helper.need "namespace"
    helper.need "settings"
    check()
  end)
end

describe("Fast Open with the kernel", function()
  live("takes its request from the kernel's SYN, once the kernel has our cookie #R7413-3", function()
    helper.need "curl"
    local first, second, early, outputs = namespace.run(function()
      require "spec.helper".write("/proc/sys/net/ipv4/tcp_fastopen", "1")
      local net = assert(require "tcplab".tun { address = "10.9.0.1/24" })
      local server = net:host("server", { address = "10.9.0.2" })
      local listener = assert(server:listen(80, { fast_open = "server" }))
      local syns, early, ports = {}, {}, {}
      server:filter("in", function(segment)
        if segment.kind == "SYN" and not ports[segment.source_port] then
          ports[segment.source_port] = true
          syns[#syns + 1] = ("cookie of %d, request %s"):format(#(segment.options.fast_open or "none"), segment.payload:match "^%u+ %S+" or "none")
        end
      end)
      net:spawn(function()
        while true do
          local conn = assert(listener:accept())
          early[#early + 1] = conn:status().fast_open or "no"
          repeat local line = conn:receive "*l" until not line or line:match "^\r?$"
          conn:send "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n"
          conn:close()
        end
      end)
      local outputs = ""
      for _, name in ipairs { "first", "second" } do
        local curl = require "spec.namespace".start("curl -sS --max-time 300 --tcp-fastopen http://10.9.0.2/" .. name)
        local _, output = curl:wait(net)
        outputs = outputs .. output
      end
      net:close()
      return syns[1], syns[2], table.concat(early, " "), outputs
    end)
    assert.equal("hello\nhello\n", outputs)
    assert.equal("cookie of 0, request none", first)
    assert.equal("cookie of 8, request GET /second", second)
    assert.equal("no accepted", early)
  end)

  live("has its request taken from its SYN by the kernel, once it has the kernel's cookie #R7413-7", function()
    helper.need "nginx"
    local folder = helper.shell("realpath " .. helper.folder()):gsub("\n", "")
    helper.write(folder .. "/page", "hello\n")
    local told, got, acked = namespace.run(function(root)
      require "spec.helper".write("/proc/sys/net/ipv4/tcp_fastopen", "2")
      local net = assert(require "tcplab".tun { address = "10.9.0.1/24" })
      local client = net:host("client", { address = "10.9.0.2", fast_open = "client", rto_initial = 600 })
      local acks = {}
      client:filter("in", function(segment)
        if segment.kind == "SYN-ACK" then acks[#acks + 1] = segment end
      end)
      local process = require "spec.nginx".start(root, "10.9.0.1:80 fastopen=16")
      local request = "GET /page HTTP/1.0\r\nHost: kernel\r\n\r\n"
      local told, got, syns = {}, {}, {}
      client:filter("out", function(segment)
        if segment.kind == "SYN" then syns[#syns + 1] = segment end
      end)
      for _ = 1, 2 do
        local conn = require "spec.nginx".connect(process, client, "10.9.0.1", { data = request })
        told[#told + 1] = conn:status().fast_open
        got[#got + 1] = assert(conn:receive "*a"):match "\r\n\r\n(.*)$"
        conn:close()
      end
      net:close()
      process:stop()
      local last = acks[#acks].ack - syns[#syns].seq
      return table.concat(told, " "), table.concat(got), last == 1 + #request
    end, folder)
    helper.shell("rm -rf " .. helper.quote(folder))
    assert.equal("hello\nhello\n", got)
    assert.equal("requested accepted", told)
    assert.is_true(acked)
  end)
end)
