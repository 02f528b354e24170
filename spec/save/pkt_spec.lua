-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local packetdrill = require "tcplab.packetdrill"
local tcplab = require "tcplab"

-- A run of two hosts of a profile; then its script of either, played against a host of that profile.
local function replayed(profile, play)
  local net <close> = tcplab.lab { seed = 7 }
  local client = net:host("client", { address = "10.0.0.1", profile = profile })
  local server = net:host("server", { address = "10.0.0.2", profile = profile })
  play(net, client, server, net:link(client, server, { delay = 0.01 }))
  for _, host in ipairs { "client", "server" } do
    local path = helper.folder() .. "/run.pkt"
    assert(net.trace:save(path, { host = host }))
    local result = assert(packetdrill.run(path, { profile = profile }))
    local told = ("%s, %s: %s %s\n%s\n%s"):format(profile, host, result.line, result.message, result.expected, result.actual)
    assert.message(told).equal("passed", result.verdict)
  end
end

local function transfer(net, client, server)
  local listener = server:listen(80)
  net:spawn(function()
    local served = listener:accept()
    served:receive "*a"
    served:send(("y"):rep(20000))
    served:close()
  end)
  local conn = client:connect(server, 80)
  conn:send(("x"):rep(30000))
  conn:shutdown "send"
  conn:receive "*a"
  conn:close()
  net:run(100)
end

local function lossy(net, client, server, link)
  link:drop("DATA", 1)
  local listener = server:listen(80)
  local conn = client:connect(server, 80)
  conn:send(("x"):rep(3000))
  conn:close()
  net:run(2)
  local served = listener:accept()
  served:receive "*a"
  served:close()
  net:run(100)
end

local function aborted(net, client, server)
  local listener = server:listen(80)
  local conn = client:connect(server, 80)
  listener:accept()
  conn:send "abc"
  net:run(1)
  conn:abort()
  net:run(1)
end

describe("a trace saved as .pkt", function()
  for _, profile in ipairs { "rfc9293", "freebsd", "linux" } do
    it("passes when it is run, of either host: " .. profile, function()
      replayed(profile, transfer)
      replayed(profile, lossy)
      replayed(profile, aborted)
    end)
  end

  it("fails where the host answers otherwise", function()
    local net <close> = tcplab.lab { seed = 7 }
    local client, server = net:host("client", { address = "10.0.0.1" }), net:host("server", { address = "10.0.0.2" })
    transfer(net, client, server, net:link(client, server, { delay = 0.01 }))
    local path = helper.folder() .. "/run.pkt"
    assert(net.trace:save(path))
    assert.equal("failed", packetdrill.run(path, { profile = "linux" }).verdict)
  end)

  it("is of a host that there is, with a SYN", function()
    local net <close> = tcplab.lab {}
    assert.has_error(function() net.trace:save "x.pkt" end, "save: the trace has no SYN that arrives: the option host says whose script it is to be")
    assert.has_error(function() net.trace:save("x.pkt", { hosts = 1 }) end, 'save: unknown option "hosts"; a .pkt takes host')
  end)
end)
