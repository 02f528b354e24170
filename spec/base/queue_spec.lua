-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local line = require "tcplab.base.queue"

describe("a line", function()
  it("is first come, first served, whoever leaves it meanwhile, from anywhere", function()
    local random, model, queue, served = helper.random(5), {}, line.new(), 0
    for round = 1, 20000 do
      local growing = round // 2000 % 2 == 0
      local what = random(10)
      if what <= (growing and 6 or 2) then
        model[#model + 1] = { round }
        queue:add(model[#model])
      elseif what <= 8 then
        local gone = #model > 0 and table.remove(model, random(#model)) or {}
        queue:remove(gone)
        queue:remove(gone)
      else
        assert.equal(table.remove(model, 1), queue:take())
        served = served + 1
      end
      assert.equal(#model, queue.count)
      if round % 100 == 0 then assert.same(model, queue:list()) end
    end
    assert.is_true(served > 1000)
  end)

  it("keeps no place for those who left", function()
    local queue, stays = line.new(), {}
    queue:add(stays)
    for _ = 1, 10000 do
      local leaves = {}
      queue:add(leaves)
      queue:remove(leaves)
    end
    assert.is_true(queue._last - queue._first < 40)
    assert.equal(stays, queue:take())
    assert.is_nil(queue:take())
  end)
end)
