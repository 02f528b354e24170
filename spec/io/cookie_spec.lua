-- SPDX-License-Identifier: MIT
-- SYN cookies that the kernel's TCP brings back.
local helper = require "spec.helper"
local namespace = require "spec.namespace"

describe("a SYN cookie brought back by the kernel", function()
  it("agrees on window scale, SACK and timestamps, and the text that follows comes whole #live", function()
    helper.need "namespace"
    helper.need "curl"
    local folder = helper.shell("realpath " .. helper.folder()):gsub("\n", "")
    local code, output, same, options, cookies = namespace.run(function(root)
      local help = require "spec.helper"
      local sent = help.bytes(1 << 20, 3)
      help.write(root .. "/sent", sent)
      local net = assert(require "tcplab".tun { address = "10.9.0.1/24" })
      local listener = assert(net:host("server", { address = "10.9.0.2" }):listen(80, { syn_cookies = "always" }))
      local got, options
      net:spawn(function()
        local conn = assert(listener:accept())
        local status = conn:status()
        options = ("%s %s %s %d"):format(status.window_scaling, status.sack, status.timestamps, status.snd.mss)
        repeat local line = conn:receive "*l" until not line or line:match "^\r?$"
        got = conn:receive(1 << 20)
        conn:send "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n"
        conn:close()
      end)
      local curl = require "spec.namespace".start(
        ("curl -sS --max-time 300 -H Expect: --data-binary @%s/sent http://10.9.0.2/"):format(help.quote(root)))
      local code, output = curl:wait(net)
      local cookies = listener:status().cookies
      net:close()
      return code, output, got == sent, options, ("%s %d %d"):format(cookies.sent > 0, cookies.taken, cookies.refused)
    end, folder)
    helper.shell("rm -rf " .. helper.quote(folder))
    assert.equal("hello\n", output)
    assert.equal(0, code)
    assert.is_true(same)
    assert.equal("true true true 1448", options)
    assert.equal("true 1 0", cookies)
  end)
end)
