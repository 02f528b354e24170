-- SPDX-License-Identifier: MIT
-- A host played by hand, against this machine's kernel.
local helper = require "spec.helper"
local namespace = require "spec.namespace"

local function live(name, check)
  it(name .. " #live", function()
    helper.need "namespace"
    check()
  end)
end

describe("a hand behind a device", function()
  live("speaks with the kernel's server, segment by segment", function()
    helper.need "nginx"
    local folder = helper.shell("realpath " .. helper.folder()):gsub("\n", "")
    helper.write(folder .. "/page", "hello\n")
    local scale, stamped, text, head = namespace.run(function(root)
      local net = assert(require "tcplab".tun { address = "10.9.0.1/24" })
      local process = require "spec.nginx".start(root, "10.9.0.1:80")
      assert(require "spec.nginx".connect(process, net:host("client", { address = "10.9.0.2" }), "10.9.0.1")):close()
      local hand = net:hand("hand", { address = "10.9.0.3" })
      local talk = assert(hand:connect("kernel", 80, { options = { mss = 1460, timestamps = true, window_scale = 3 } }))
      talk:send { payload = "GET /page HTTP/1.0\r\n\r\n" }
      talk:expect "ACK seq=1 ack=23 <ts>"
      local answer = talk:receive { kind = "DATA", seq = 1, ack = 23 }
      talk:receive(function(segment) return segment.flags:find "F" ~= nil end)
      talk:send { flags = "R." }
      talk:quiet(0.3)
      local ladder = net.trace:ladder { utf8 = false, color = false, connections = 9 }
      local scale, text = talk.snd.scale, answer.payload:match "^%u+/1.1 200"
      net:close()
      return scale, answer.options.timestamps ~= nil, text, ladder:match "hand | 10.9.0.3:%d+ +10.9.0.1:80 | kernel"
    end, folder)
    assert.is_true(scale > 0)
    assert.is_true(stamped)
    assert.equal("HTTP/1.1 200", text)
    assert.is_truthy(head)
  end)

  live("accepts the kernel's caller, and sends no RST of its own", function()
    helper.need "bash"
    local first, text = namespace.run(function()
      local net = assert(require "tcplab".tun { address = "10.9.0.1/24" })
      local hand = net:hand("hand", { address = "10.9.0.3" })
      require "spec.namespace".start "bash -c 'exec 3<>/dev/tcp/10.9.0.3/80 && echo hello >&3 && read line <&3'"
      local syn = hand:receive "SYN"
      local again = hand:expect("SYN seq=0", 5) -- nobody answered
      hand:send { flags = "S." }
      hand:expect "ACK seq=1 ack=1"
      local text = hand:expect("DATA").payload
      hand:send { flags = "F." }
      assert(hand:receive { ack = 2 })
      net:close()
      return again.seq - syn.seq, text
    end)
    assert.equal(0, first)
    assert.equal("hello\n", text)
  end)

  live("waits five seconds unless told otherwise, sends bytes, and hears ICMP", function()
    local message, code, took, reply, refused = namespace.run(function()
      local tcplab = require "tcplab"
      local net = assert(tcplab.tun { address = "10.9.0.1/24" })
      local hand = net:hand("hand", { address = "10.9.0.3" })
      local began = net:now()
      local _, message, code = hand:receive()
      local took = net:now() - began
      local echo = tcplab.segment { kind = "ICMP", type = 8, id = 7, sequence = 1, body = "abc", source = "10.9.0.3", destination = "10.9.0.1" }
      assert(hand:send(echo:bytes()))
      local reply = hand:expect "ICMP echo-reply id=7 sequence=1"
      local _, refused = hand:connect("10.9.0.1", 81)
      net:close()
      return message, code, took, reply.body, refused
    end)
    assert.same({ "timeout", "EAGAIN" }, { message, code })
    assert.is_true(took >= 5)
    assert.equal("abc", reply)
    assert.equal("connection refused", refused)
  end)
end)
