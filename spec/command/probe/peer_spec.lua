-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

local peer = require "tcplab.command.probe.peer"

describe("a peer's place", function()
  it("is an address and a port, of either family", function()
    assert.same({ address = "192.0.2.1", port = 80 }, peer.endpoint "192.0.2.1:80")
    assert.same({ address = "2001:db8::1", port = 65535 }, peer.endpoint "[2001:DB8::1]:65535")
    for _, text in ipairs {
      "", "192.0.2.1", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2:80", "2001:db8::1:80", "[192.0.2.1:80", "host:80", "[]:80", "192.0.2.1:80 ",
    } do
      local nothing, message = peer.endpoint(text)
      assert.is_nil(nothing)
      assert.matches("is no ADDRESS:PORT", message)
    end
  end)

  it("is spoken to from the address behind the device's", function()
    assert.same({ device = "10.9.0.1/24", hand = "10.9.0.2", address = "192.0.2.1", port = 80 },
      peer.options { server = { address = "192.0.2.1", port = 80 } })
    assert.same({ device = "fd00:9::1/64", hand = "fd00:9::2", address = "2001:db8::1", port = 80 },
      peer.options { server = { address = "2001:db8::1", port = 80 } })
    assert.same({ device = "172.16.0.9/30", hand = "172.16.0.10", port = 8080 }, peer.options { client = 8080, tun = "172.16.0.9/30" })
    for _, text in ipairs { "10.9.0.1", "10.9.0.255/24", "nowhere/24", "" } do
      assert.matches("^%-%-tun: ", select(2, peer.options { client = 80, tun = text }))
    end
  end)
end)

describe("tcplab probe --server", function()
  it("prints first what will be sent, leaves out what could be taken for an attack, and sets nothing #live", function()
    helper.need "namespace"
    local output, code = helper.shell(("spec/tools/live %s/tcplab probe syn_ack closed_port --server 192.0.2.1:80 </dev/null"):format(helper.build))
    assert.equal(3, code)
    assert.matches("^tcplab: what will be sent, after a handshake %(S, %.%), a question a line:\n  syn_ack: S\n", output)
    assert.matches("\n  closed_port: S, P. 5 bytes %(a SYN to a port that nobody named%)\n", output)
    assert.matches("tcplab: 1 question of 192.0.2.1 port 80, 1 packet, ", output)
    assert.matches("192.0.2.1 port 80: ", output)
    assert.matches("\n  sysctl %-w net.ipv4.ip_forward=1\n", output)
    assert.matches("\n  nft add rule ip tcplab post ip saddr 10.9.0.0/24 masquerade\n", output)
  end)

  it("asks on a terminal about what could be taken for an attack #live", function()
    helper.need "namespace"
    helper.need("script", "Debian package bsdutils")
    for answer, packets in pairs { n = "0 packets", y = "2 packets" } do
      local command = "printf '%s\\n' | spec/tools/live script -qec '%s/tcplab probe closed_port --server 10.9.0.1:80' /dev/null"
      local output = helper.shell(command:format(answer, helper.build))
      assert.matches("1 of them a strict peer could take for an attack. Ask them too%? %[y/N%] ", output)
      assert.is_truthy(output:find(" of 10.9.0.1 port 80, " .. packets, 1, true), output)
    end
  end)

  it("asks it all the same with --all #live", function()
    helper.need "namespace"
    local command = "spec/tools/live sh -c 'ip link set lo up; %s/tcplab probe closed_port --server 10.9.0.1:80 --all' </dev/null"
    local output = helper.shell(command:format(helper.build))
    assert.matches("10.9.0.1 port 80: it refuses connections\n", output)
    assert.is_nil(output:find "not asked")
  end)
end)
