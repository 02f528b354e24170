-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local rockspec = require "spec.tools.rockspec"
local tcplab = require "tcplab"

describe("profiles", function()
  local net
  before_each(function() net = tcplab.lab() end)
  after_each(function() net:close() end)

  it("are each a file of csrc/tcp/profile, which the list there has, the default first", function()
    assert.equal(rockspec.profiles(), helper.read(rockspec.PROFILES), "bring it up to date with: lua5.4 spec/tools/rockspec.lua")
    local names = tcplab.profiles()
    assert.equal("rfc9293", names[1])
    for _, name in ipairs(names) do assert.is_truthy(helper.read("csrc/tcp/profile/" .. name .. ".c"):find('{"' .. name .. '",', 1, true), name) end
  end)

  it("are a base and differences from it, each with its witness", function()
    for _, name in ipairs(tcplab.profiles()) do
      local sheet = tcplab.profile(name)
      assert.equal(name, sheet.name)
      assert.is_truthy(sheet.doc:match "%.$", name)
      assert.equal(name == "rfc9293", sheet.base == nil)
      local met = {}
      for _, difference in ipairs(sheet.differences) do
        local where = name .. ": " .. difference.option
        assert.is_nil(met[difference.option], where)
        assert.are_not.equal(difference.base, difference.value, where)
        assert.is_truthy(#difference.witness > 3, where)
        met[difference.option] = true
      end
    end
  end)

  it("have their bases' values but for those differences", function()
    for _, name in ipairs(tcplab.profiles()) do
      local sheet, different = tcplab.profile(name), {}
      for _, difference in ipairs(sheet.differences) do different[difference.option] = difference end
      for _, option in ipairs(tcplab.options()) do
        local where, base = name .. ": " .. option.name, option.default[sheet.base or name]
        local difference = different[option.name] or { value = base, base = base }
        assert.same({ difference.value, difference.base }, { option.default[name], base }, where)
      end
    end
  end)

  it("linux is the newest Linux", function()
    assert.equal("linux-7.2", tcplab.profile("linux").base)
    assert.same({}, tcplab.profile("linux").differences)
  end)

  it("of each Linux are the differences from the one before", function()
    local chain = {}
    for i, name in ipairs { "linux-5.10", "linux-6.1", "linux-6.12", "linux-6.18", "linux-7.2" } do chain[i] = tcplab.profile(name).base end
    assert.same({ "rfc9293", "linux-5.10", "linux-6.1", "linux-6.12", "linux-6.18" }, chain)
  end)

  describe("that a script gives as a table of options", function()
    it("go over the default, or over their base", function()
      local own = net:host("a", { address = "10.0.0.1", profile = { msl = 3 } })
      local over = net:host("b", {
        address = "10.0.0.2", profile = { base = "linux-6.1", rto_min = 0.3, ["net.ipv4.tcp_keepalive_time"] = 60 }, ttl = 9,
      })
      assert.same({ 3.0, 1.0 }, { own:getoption "msl", own:getoption "rto_min" })
      assert.same({ 30.0, 0.3, 60.0, 9 }, { over:getoption "msl", over:getoption "rto_min", over:getoption "keepalive_idle", over:getoption "ttl" })
    end)

    it("may have another such table as base, and a congestion control in Lua, which an option of the host goes before", function()
      local control = { ack = function() end }
      local device = { base = { base = "freebsd", ttl = 7, congestion = control }, msl = 2 }
      local plays = net:host("a", { address = "10.0.0.1", profile = device })
      assert.same({ 7, 2.0, 8 }, { plays:getoption "ttl", plays:getoption "msl", plays:getoption "keepalive_count" })
      assert.equal(control, plays:getoption "congestion")
      assert.equal("reno", net:host("b", { address = "10.0.0.2", profile = device, congestion = "reno" }):getoption "congestion")
    end)

    it("may come from a file", function()
      local path = helper.folder() .. "/device.lua"
      helper.write(path, 'return { base = "linux", msl = 1 }')
      assert.equal(1.0, net:host("a", { address = "10.0.0.1", profile = dofile(path) }):getoption "msl")
    end)
  end)

  describe("raise on", function()
    local circle = {}
    circle.base = { base = circle }
    local wrong = {
      { "an unknown name, with the nearest and those there are", "linux-6.2",
        'profile: there is no "linux%-6.2"; did you mean "linux%-6.1"%? There are rfc9293, freebsd, linux, ' },
      { "what is neither name nor table", 6.1, "profile: string or table expected, got number" },
      { "an unknown option", { rto_mim = 1 }, 'unknown option "rto_mim"; did you mean "rto_min"%?' },
      { "a value out of its range", { base = "linux", ttl = 0 }, "ttl: 0 is not between 1 and 255" },
      { "a base that there is not", { base = "linus" }, 'profile: there is no "linus"; did you mean "linux"%?' },
      { "a table that is its own base", circle, "profile: it is its own base" },
    }
    for _, case in ipairs(wrong) do
      it(case[1], function()
        assert.error_matches(function() net:host("x", { profile = case[2] }) end, case[3])
      end)
    end

    it("the name of one that a script asks about", function()
      assert.error_matches(function() tcplab.profile "linux-6" end, 'profile: there is no "linux%-6"; did you mean ')
    end)
  end)

  it("of Linux is found whose version is nearest to a kernel's", function()
    local nearest = { ["5.4.0"] = "5.10", ["6.1.0-31-amd64"] = "6.1", ["6.8.0-31-generic"] = "6.12", ["6.18.44"] = "6.18", ["7.9"] = "7.2" }
    for release, name in pairs(nearest) do
      assert.equal("linux-" .. name, require "tcplab".nearest_profile(release))
    end
    assert.error_matches(function() require "tcplab".nearest_profile "newest" end, 'release: a version like 6.18 expected, got "newest"')
  end)
end)
