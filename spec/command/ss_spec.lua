-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

local tcplab = helper.tcplab
local script = helper.script

local LAB = [[
local tcplab = require "tcplab"
local net = tcplab.lab { seed = 7 }
local client, server = net:host("client", { address = "10.0.0.1" }), net:host("server", { address = "10.0.0.2" })
local link = net:link(client, server, { delay = 0.010 })
local listener = server:listen(80)
local conn = assert(client:connect("10.0.0.2", 80))
print "the script's own words"
]]

describe("tcplab ss", function()
  it("shows how things stand at the script's end, and not what the script prints", function()
    local output, code = tcplab("ss " .. script(LAB .. "io.write 'more' io.stdout:write 'words' net:run(1)"))
    assert.equal(0, code)
    assert.is_truthy(output:find "^at 1%.020 s\nHost +State +Recv%-Q Send%-Q Local +Peer +Timer\n")
    assert.is_truthy(output:find "\nserver ESTABLISHED +0 +0 10%.0%.0%.2:80 +10%.0%.0%.1:%d+\n")
    assert.is_nil(output:find "words")
  end)

  it("stops the picture at the very moment, when all that happens then has happened: inside of a call that waits, a run, a step", function()
    local path = script(LAB .. [[
      net:sleep(1.98)          -- until 2
      conn:close()
      net:run(2)               -- until 4
      assert(listener:accept()):close()
      while net:step() do end
    ]])
    local function at(seconds) return (tcplab(("ss %s --host client --at %s"):format(path, seconds))) end
    assert.is_truthy(at(0.01):find "^at 0%.010 s\n.*\nSYN%-SENT")
    assert.is_truthy(at(0.019):find "^at 0%.019 s\n.*\nSYN%-SENT")
    assert.is_truthy(at(0.02):find "^at 0%.020 s\n.*\nESTABLISHED")
    assert.is_truthy(at(1.999999999):find "^at 2%.000 s\n.*\nESTABLISHED")
    assert.is_truthy(at(2):find "^at 2%.000 s\n.*\nFIN%-WAIT%-1")
    assert.is_truthy(at(2.005):find "^at 2%.005 s\n.*\nFIN%-WAIT%-1")
    assert.is_truthy(at(3.5):find "^at 3%.500 s\n.*\nFIN%-WAIT%-2")
    assert.is_truthy(at(100):find "^at 100%.000 s\n.*\nTIME%-WAIT .* time%-wait 144%.010s\n")
    assert.is_truthy(at(1e6):find "^at 244%.010 s\nnothing listens, nothing is connected\n")
  end)

  it("shows each of several networks, as it was when it closed", function()
    local output = tcplab("ss " .. script(LAB .. "net:close() local two = tcplab.lab() two:host('alone', { address = '10.0.0.3' }):listen(25)"))
    assert.is_truthy(output:find "^network 1 at 0%.020 s\n.*client ESTABLISHED.*\n\nnetwork 2 at 0%.000 s\n.*\nalone LISTEN")
  end)

  it("speaks JSON", function()
    local output, code = tcplab("ss --json " .. script(LAB))
    assert.equal(0, code)
    local views = require "dkjson".decode(output)
    assert.equal(1, #views)
    assert.equal(0.02, views[1].time)
    assert.same({ "ESTABLISHED", "LISTEN", "SYN-RECEIVED" }, { views[1].rows[1].state, views[1].rows[2].state, views[1].rows[3].state })
    assert.equal("10.0.0.1", views[1].rows[1].local_address)
    assert.equal("[]\n", (tcplab("ss --json " .. script "")))
  end)

  it("shows ten rows of a state, or all", function()
    local path = script(LAB .. "for _ = 1, 30 do client:open { address = server, port = 80 } end")
    assert.is_truthy(tcplab("ss " .. path):find "\nclient SYN%-SENT +%.%.%. and 20 more\n")
    assert.equal(30, select(2, tcplab("ss --all " .. path):gsub("SYN%-SENT", "")))
  end)

  it("shows what there was when the script fails or exits, and answers its code", function()
    local output, code = tcplab("ss " .. script(LAB .. "error 'oh'"))
    assert.equal(1, code)
    assert.is_truthy(output:find "oh" and output:find "client ESTABLISHED")
    output, code = tcplab("ss " .. script(LAB .. "os.exit(7)"))
    assert.equal(7, code)
    assert.is_truthy(output:find "client ESTABLISHED")
    assert.equal("no network was made\n", (tcplab("ss " .. script "print 'x'")))
  end)

  it("looks at a real network too, in its own time: here while a SYN is out that nobody answers #live", function()
    helper.need "namespace"
    local path = script [[
      local net = assert(require "tcplab".tun { address = "10.9.0.1/24" })
      local client = net:host("client", { address = "10.9.0.2", rto_initial = 60 })
      local conn = client:open { address = "10.9.0.3", port = 80 }
      net:run(0.6)
      conn:abort()
    ]]
    local output = helper.shell(("spec/tools/live %s/tcplab ss %s --at 0.5"):format(helper.build, path))
    local time = output:match "^at (%d+%.%d+) s\n.*\nclient SYN%-SENT .* retransmission %d+%.%d+s"
    assert.is_true(tonumber(time) >= 0.5, output)
  end)

  it("answers a wrong host, time or script with 2", function()
    local output, code = tcplab("ss --host clint " .. script(LAB))
    assert.same({ "tcplab: there is no host 'clint'; there are client, server\n", 2 }, { output, code })
    assert.equal(2, select(2, tcplab("ss --at soon " .. script(LAB))))
    assert.equal(2, select(2, tcplab "ss nonsense"))
  end)
end)
