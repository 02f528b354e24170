-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

describe("a hook's handle", function()
  it("takes the function off once, by hand or with its scope", function()
    local net <close>, client, server = helper.lab()
    local count = 0
    do
      local hook <close> = net:on("state", function() count = count + 1 end)
      assert.equal("state", hook.moment)
      assert.equal("hook: state", tostring(hook))
      client:open { address = server, port = 80 }
      net:run(0)
    end
    assert.equal(1, count)
    net:run()
    assert.equal(1, count)
  end)

  it("may be closed after its network", function()
    local net, client, _, link = helper.lab()
    local hooks = { net:on("state", print), client:on("segment", print), link:filter(print), link:drop "SYN" }
    net:close()
    for _, hook in ipairs(hooks) do hook:close() end
    assert.is_true(hooks[1].closed and hooks[4].closed)
  end)

  it("may close another hook of the same event, which then does not run", function()
    local net <close>, client, server = helper.lab()
    local second_ran, second = false, nil
    net:on("state", function() second:close() end)
    second = net:on("state", function() second_ran = true end)
    client:open { address = server, port = 80 }
    net:run(0)
    assert.is_false(second_ran)
  end)

  it("hung during an event waits for the next", function()
    local net <close>, client, server = helper.lab()
    local log = {}
    net:on("state", function(e)
      if #log > 0 then return end
      log[1] = "first " .. e.to
      net:on("state", function(later) log[#log + 1] = "second " .. later.to end)
    end)
    client:open { address = server, port = 80 }
    net:run()
    assert.same({ "first SYN-SENT", "second CLOSED" }, log)
  end)
end)
