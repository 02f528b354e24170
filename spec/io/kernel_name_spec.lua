-- SPDX-License-Identifier: MIT
-- What this machine's kernel shows by its own names, in a namespace of its own and of fresh sockets, and what the profile of that version does.
local helper = require "spec.helper"
local namespace = require "spec.namespace"
local tcplab = require "tcplab"

-- What depends on the machine's memory or on who set it up, and what is otherwise here, with the reason.
local OTHERWISE <const> = {
  ["net.ipv4.tcp_congestion_control"] = "the machine's", TCP_CONGESTION = "the machine's",
  ["net.ipv4.tcp_max_syn_backlog"] = "goes by memory", ["net.ipv4.tcp_max_tw_buckets"] = "goes by memory", ["net.ipv4.tcp_mem"] = "goes by memory",
  ["net.ipv4.tcp_autocorking"] = "always 0 here", ["net.ipv4.tcp_comp_sack_nr"] = "always 0 here",
  ["net.ipv4.tcp_no_metrics_save"] = "always 1 here", SO_OOBINLINE = "always 1 here",
  ["net.ipv4.tcp_wmem"] = "the send buffer does not grow", SO_SNDBUF = "the send buffer does not grow",
  TCP_FASTOPEN = "a listener's limit, in force once it is set", TCP_FASTOPEN_CONNECT = "asked for by sending text with connect",
}

local function version() return (helper.read "/proc/sys/kernel/osrelease":match "^%d+%.%d+") end

local function has_profile(name)
  for _, each in ipairs(tcplab.profiles()) do
    if each == name then return true end
  end
end

-- "name value" of all that the kernel has of these, a line each.
local function shown_by_kernel(names)
  return namespace.run(function(wanted)
    local net <close> = assert(require "tcplab".tun { address = "10.9.0.1/24" })
    local kernel, lines = net:host("kernel", { kernel = true }), {}
    local listener = kernel:listen(80)
    for name in wanted:gmatch "%S+" do
      local asked = name:find("^net") and kernel or listener
      local ok, value = pcall(asked.getoption, asked, name)
      if ok and value ~= nil then lines[#lines + 1] = name .. " " .. tostring(value) end
    end
    return table.concat(lines, "\n")
  end, table.concat(names, " "))
end

local function shown(value)
  if type(value) ~= "table" then return tostring(value) end
  if value.on ~= nil then return tostring(value.on and value.timeout) end
  return table.concat(value, " ")
end

describe("the kernel's own names", function()
  it("show what the profile of its version does #live", function()
    helper.need "namespace"
    local profile, names, count = "linux-" .. version(), {}, 0
    if not has_profile(profile) then helper.skip("there is no profile " .. profile) end
    local lab <close> = tcplab.lab()
    local host = lab:host("host", { address = "10.0.0.1", profile = profile })
    for _, kernels in ipairs(tcplab.kernel_names()) do
      if kernels.taken and kernels.system ~= "freebsd" and not OTHERWISE[kernels.name] then names[#names + 1] = kernels.name end
    end
    for name, value in shown_by_kernel(names):gmatch "(%S+) ([^\n]*)" do
      count = count + 1
      assert.equal(name .. " " .. value, name .. " " .. shown(host:getoption(name)))
    end
    assert.is_true(count > 70, tostring(count)) -- older kernels have fewer
  end)
end)
