-- SPDX-License-Identifier: MIT
-- A peer asked over a TUN device and the machine's routes: the kernel's own server and client, each in a namespace beyond a veth pair.
local helper = require "spec.helper"

local namespace = require "tcplab.net.namespace"
local probe = require "tcplab.probe"

describe("a plan for a peer", function()
  it("sorts the questions by what the peer is, and leaves out what needs its program", function()
    local plan = probe.plan("server", { "syn", "syn_ack", "delayed_ack", "closed_port", "abort" })
    local function names(list)
      local words = {}
      for i, it in ipairs(list) do words[i] = it.question.name end
      return table.concat(words, " ")
    end
    assert.equal("syn_ack delayed_ack", names(plan.asked))
    assert.equal("closed_port", names(plan.odd))
    assert.same({
      { question = "syn", message = "it is a question for a client" }, { question = "abort", message = "it needs its program's receive" },
    }, plan.left_out)
    assert.equal("syn", names(probe.plan("client", { "syn", "syn_ack" }).asked))
  end)
end)

-- In a namespace of its own: a kernel that reads whatever comes at port 8000, and calls port 9000 of the other side again and again. It has a veth's
-- other end from the namespace that began it.
local function be_peer(pid_file)
  local file = assert(io.open(pid_file, "w"))
  file:write((io.open "/proc/self/stat":read "l"):match "^%d+")
  file:close()
  for _ = 1, 500 do
    if os.execute "ip link show there >/dev/null 2>&1" then break end
    os.execute "sleep 0.02"
  end
  os.execute "ip addr add 192.0.2.2/30 dev there && ip link set there up && ip route add default via 192.0.2.1"
  local net = assert(require "tcplab".tun { address = "10.99.0.1/24" })
  local kernel = net:host("kernel", { kernel = true })
  local listener = assert(kernel:listen(8000))
  net:spawn(function()
    while true do
      local conn = listener:accept()
      net:spawn(function()
        while conn:receive(1) do end
        conn:close()
      end)
    end
  end)
  net:spawn(function()
    while true do
      local conn = kernel:connect("10.9.0.2", 9000, { timeout = 0.5 })
      if conn then conn:close() end
    end
  end)
  net:run()
end

-- In another: the way there, and the questions.
local function ask(pid_file, be, options, role, names)
  local apart = require "tcplab.net.namespace"
  local other <close>, pid = apart.start(be, pid_file), nil
  assert(other:pid())
  for _ = 1, 500 do
    local file = io.open(pid_file)
    pid = file and file:read "l"
    if pid then break end
    os.execute "sleep 0.02"
  end
  assert(os.execute("ip link add here type veth peer name there netns " .. pid))
  os.execute "ip addr add 192.0.2.1/30 dev here && ip link set here up && echo 1 >/proc/sys/net/ipv4/ip_forward"
  os.execute "sleep 0.5"
  local asking = require "tcplab.probe"
  if options.address then assert(asking.knock(options)) end
  local plan, networks = asking.plan(role, names), {}
  require("tcplab.base.settings").on_network = function(network)
    local times = {}
    networks[#networks + 1] = times
    network:on("segment", function(event)
      if event.point == "sent" and event.from.name == "hand" then times[#times + 1] = event.time end
    end)
  end
  local sheet = assert(asking.ask_peer(options, plan.asked))
  return { sheet = sheet, networks = networks }
end

local function told(role, options, names)
  helper.need "namespace"
  helper.need "settings"
  return assert(namespace.start(ask, helper.folder() .. "/pid", be_peer, options, role, names)):answer()
end

describe("a peer", function()
  it("that is a server answers for its kernel, and gets no more than 20 packets in any second #live", function()
    local answer = told("server", { device = "10.9.0.1/24", hand = "10.9.0.2", address = "192.0.2.2", port = 8000 }, { "syn_ack", "delayed_ack" })
    assert.same({}, answer.sheet.failed)
    assert.same({ "server", true }, { answer.sheet.subject, answer.sheet.real })
    local values = answer.sheet[1].values
    assert.same({ "S.", "mss 1460", "sackOK" }, { values.flags, values.options[1], values.options[2] })
    assert.equal(30, #answer.sheet[2].values.delays)
    local handshake, text = table.unpack(answer.networks)
    assert.equal(2, #handshake) -- a SYN, and a RST at the end
    assert.equal(33, #text)     -- a handshake, 30 segments, and a RST
    assert.is_true(text[1] >= 1.0) -- none of the question before lies within its first second
    for i = 1, #text - 20 do assert.is_true(text[i + 20] - text[i] >= 1.0) end
  end)

  it("that calls is a client #live", function()
    local answer = told("client", { device = "10.9.0.1/24", hand = "10.9.0.2", port = 9000 }, { "syn" })
    assert.same({}, answer.sheet.failed)
    assert.same({ "S", "mss 1460", "sackOK" }, { answer.sheet[1].values.flags, answer.sheet[1].values.options[1], answer.sheet[1].values.options[2] })
  end)
end)
