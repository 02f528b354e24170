-- SPDX-License-Identifier: MIT
-- usage: lua5.4 spec/soak/kernel.lua [CONTROL...]
--
-- Transfers against this machine's kernel over TUN, both ways at once, under each of its congestion controls that is asked for and there
-- (reno, cubic, bbr), with faults of ours in between: compared byte for byte. One line each; skipped, with the reason, where no network
-- namespace can be made.
package.path = "./?.lua;" .. package.path
local helper = require "spec.helper"
local namespace = require "spec.namespace"

-- Runs in the namespace. control: the kernel's for the path to us; ours: our own; trouble: of the link.
local function transfer(control, ours, trouble, seed, size)
  local help = require "spec.helper"
  local tcplab = require "tcplab"
  local net = assert(tcplab.tun { seed = seed, address = "10.9.0.1/24", name = "soak0" })
  local path = "PATH=$PATH:/usr/sbin:/sbin "
  help.shell(path .. "ip link set soak0 txqueuelen 5000")
  local output, code = help.shell(path .. "ip route change 10.9.0.0/24 dev soak0 src 10.9.0.1 congctl " .. control)
  if code ~= 0 then
    net:close()
    return nil, "the kernel has no " .. control .. ": " .. output:gsub("%s+$", "")
  end
  net.link:set(({
    none = { delay = 0.001 },
    loss = { loss = 0.02 },
    all = { loss = 0.01, duplicate = 0.02, reorder = 0.05, corrupt = 0.005, delay = 0.002, jitter = 0.001 },
  })[trouble])
  local dropped = 0
  net:on("segment", function(e) if e.point == "dropped" then dropped = dropped + 1 end end)
  local server = net:host("server", { address = "10.9.0.2", congestion = ours })
  local listener = assert(server:listen(80))
  local folder = os.tmpname()
  os.remove(folder)
  help.shell("mkdir " .. folder)
  local up, down = help.bytes(size, seed), help.bytes(size, seed + 1)
  help.write(folder .. "/up", up)
  local got, ended
  net:spawn(function()
    local conn = assert(listener:accept())
    local writer = net:spawn(function()
      conn:send(down)
      conn:shutdown "send"
    end)
    got = conn:receive(size)
    writer:join()
    conn:close()
    ended = true
  end)
  local began = net:now()
  local both = ("exec 3<>/dev/tcp/10.9.0.2/80 || exit; cat %s/up >&3 & cat <&3 >%s/down; wait"):format(folder, folder)
  local other = require "spec.namespace".start("bash -c " .. help.quote(both))
  local status, said = other:wait(net)
  net:run_until(function() return ended end, 30) -- what the kernel still holds
  local took = net:now() - began
  local down_ok, up_ok = help.read(folder .. "/down") == down, got == up
  local sent = #(help.read(folder .. "/down"))
  help.shell("rm -rf " .. folder)
  net:close()
  return took, status, said, up_ok, down_ok, sent, dropped
end

local function rights()
  local output, code = helper.shell "spec/tools/live true"
  if code ~= 0 then return nil, output:gsub("%s+$", "") end
  for _, program in ipairs { "bash", "ip" } do
    local found = os.execute("PATH=$PATH:/usr/sbin:/sbin command -v " .. program .. " >/dev/null 2>&1")
    if not found then return nil, "the program " .. program .. " is missing" end
  end
  return true
end

local function line(name, figure, wanted, verdict)
  print(("%-46s %-42s wanted %-16s %s"):format(name, figure, wanted, verdict))
end

local there, why = rights()
if not there then
  print("kernel: skipped: " .. why)
  os.exit(true)
end

local controls = #arg > 0 and arg or { "reno", "cubic", "bbr" }
local size, seed, good = 1 << 20, 1, true
for _, control in ipairs(controls) do
  for _, ours in ipairs { "reno", "cubic" } do
    for _, trouble in ipairs { "none", "loss", "all" } do
      seed = seed + 2
      local name = ("kernel's %s, our %s, trouble: %s"):format(control, ours, trouble)
      local ran, took, status, said, up, down, sent, dropped = pcall(namespace.run, transfer, control, ours, trouble, seed, size)
      if not ran then
        good = false
        line(name, "-", "equal both ways", "SHORT: " .. tostring(took))
      elseif not took then
        line(name, "-", "equal both ways", "skipped: " .. tostring(status))
      else
        local ok = up and down and status == 0
        good = good and ok
        line(name, ("1 MiB each way %5.2f s, %3d packets lost"):format(took, dropped), "equal both ways",
          ok and "ok" or ("SHORT: up %s, down %s (%d), the client ends with %d %s"):format(up, down, sent, status, said))
      end
    end
  end
end
os.exit(good)
