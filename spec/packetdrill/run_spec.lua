-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local packetdrill = require "tcplab.packetdrill"

local HEAD <const> = [[
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1000,sackOK>
+0 > S. 0:0(0) ack 1 <...>
+.1 < . 1:1(0) ack 1 win 32792
+0 accept(3, ..., ...) = 4
]]

local function run(text, options) return packetdrill.run_text(HEAD .. text, options or { profile = "rfc9293" }, "x.pkt") end

local function told(result)
  if result.verdict == "passed" then return "passed" end
  return ("%s %s: %s | %s | %s"):format(result.verdict, result.line, result.message, result.expected, result.actual)
end

describe("a script", function()
  it("passes when all is as it says", function()
    assert.equal("passed", told(run [[
+0 write(4, ..., 2000) = 2000
+0 > . 1:1001(1000) ack 1
+0 > P. 1001:2001(1000) ack 1
+.1 < . 1:101(100) ack 2001 win 32792
+0~+.05 > . 2001:2001(0) ack 101
+0 read(4, ..., 1000) = 100
+0 close(4) = 0
+0 > F. 2001:2001(0) ack 101]]))
  end)

  it("shows what it expects above what is, in its own notation, with the line", function()
    assert.equal("failed 10: a packet is not as expected: the flags, the acknowledgment"
      .. " | 0.100000 > . 1:101(100) ack 2 | 0.100000 > P. 1:101(100) ack 1", told(run "+0 write(4, ..., 100) = 100\n+0 > . 1:101(100) ack 2"))
    assert.equal("failed 9: write answers otherwise | write(4, ..., 100) = 99 | write(4, ..., 100) = 100", told(run "+0 write(4, ..., 100) = 99"))
    assert.equal("failed 9: no packet leaves | 0.100000 > . 1:1(0) ack 1 | nothing leaves by 10.100000", told(run "+0 > . 1:1(0) ack 1"))
    assert.equal("failed 10: a packet leaves at another time | 0.200000 > P. 1:101(100) ack 1 | 0.100000 > P. 1:101(100) ack 1",
      told(run "+0 write(4, ..., 100) = 100\n+.1 > P. 1:101(100) ack 1"))
    assert.equal("failed 9: the assertion does not hold | assert tcpi_unacked == 1 | 0", told(run "+0 %{ assert tcpi_unacked == 1, tcpi_unacked }%"))
  end)

  it("has the ladder up to there, when it is asked for", function()
    local result = run("+0 > . 1:1(0) ack 1", { ladder = true })
    assert.is_truthy(result.ladder:find "SYN%-ACK seq=0 ack=1")
  end)

  it("lets calls wait: they return in time, or do not", function()
    assert.equal("passed", told(run "+0...0.2 read(4, ..., 100) = 50\n+.2 < P. 1:51(50) ack 1 win 100"))
    assert.equal("failed 9: read returns at another time | ...0.300000 read(4, ..., 100) = 50 | ...0.200000 read(4, ..., 100) = 50",
      told(run "+0...0.2 read(4, ..., 100) = 50\n+.1 < P. 1:51(50) ack 1 win 100"))
    assert.equal("failed 9: read waits for ever | read(4, ..., 100) = 50 | nothing that it waits for comes", told(run "+0 read(4, ..., 100) = 50"))
    assert.equal("passed", told(run "+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0\n+0 read(4, ..., 100) = -1 EAGAIN (Try again)"))
  end)

  it("tells segments as one that leave one after the other, unless they are to be strict", function()
    local text = "+0 write(4, ..., 2000) = 2000\n+0 > P. 1:2001(2000) ack 1"
    assert.equal("passed", told(run(text)))
    assert.is_truthy(told(run(text, { profile = "rfc9293", settings = { strict_segments = "" } })):find "the length")
  end)

  it("polls", function()
    assert.equal("passed", told(run [[
+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLOUT}], 1, 0) = 1
+0...0.1 poll([{fd=4, events=POLLIN, revents=POLLIN}], 1, 1000) = 1
+.1 < P. 1:51(50) ack 1 win 100
+.1...0.35 poll([{fd=3, events=POLLIN, revents=0}], 1, 250) = 0]]))
  end)

  it("peeks, asks what waits, and sets and tells options", function()
    assert.equal("passed", told(run [[
+.1 < P. 1:51(50) ack 1 win 100
+0 recv(4, ..., 100, MSG_PEEK) = 50
+0 ioctl(4, SIOCINQ, [50]) = 0
+0 recv(4, ..., 100, 0) = 50
+0 setsockopt(4, IPPROTO_TCP, TCP_NODELAY, [1], 4) = 0
+0 getsockopt(4, IPPROTO_TCP, TCP_NODELAY, [1], [4]) = 0
+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [0], [4]) = 0
+0 < R 51:51(0) win 0
+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [ECONNRESET], [4]) = 0
+0 read(9, ..., 1) = -1 EBADF (Bad file descriptor)]]))
  end)

  it("chooses its lines by the profile", function()
    local text = "#ifdef FreeBSD\n+0 close(4) = 1\n#endif\n#ifdef Linux\n+0 close(4) = 2\n#endif\n#ifdef STANDARD\n+0 close(4) = 3\n#endif"
    for profile, number in pairs { freebsd = 1, ["linux-6.1"] = 2, rfc9293 = 3 } do
      assert.is_truthy(told(run(text, { profile = profile })):find("close(4) = " .. number, 1, true), profile)
    end
  end)

  it("reports as unsupported what is not done here", function()
    local function unsupported(text)
      local result = run(text)
      assert.equal("unsupported", result.verdict, text)
      return result.message
    end
    assert.equal("the call fork", unsupported "+0 fork() = 0")
    assert.equal("the command reboot", unsupported "+0 `reboot`")
    assert.equal("packets of udp", unsupported "+0 < udp (10)")
    assert.equal("signatures of RFC 2385", unsupported "+0 > . 1:1(0) <md5 valid>")
    assert.equal("the symbol TFO_COOKIE", unsupported "+0 < S 0:0(0) win 1 <FO TFO_COOKIE>")
    assert.equal("the option --udp_encapsulation", packetdrill.run_text("--udp_encapsulation=tcp\n").message)
  end)

  it("is not believed: nothing is executed, and nothing grows beyond its bounds", function()
    local witness = helper.folder() .. "/witness"
    assert.equal("unsupported", run("+0 `touch " .. witness .. "`").verdict)
    assert.equal("unsupported", run("+0 `sysctl $(touch " .. witness .. ")=1`").verdict)
    assert.equal("unsupported", run("+0 %{ __import__('os').system('touch " .. witness .. "') }%").verdict)
    assert.is_nil(io.open(witness))
    assert.equal("unsupported", run("+0 write(4, ..., 4000000000) = 1").verdict)
    assert.equal("unsupported", run("+0 < . 1:4000000001(4000000000) ack 1 win 1").verdict)
    assert.equal("syntax", packetdrill.run_text(("// \n"):rep(1 << 19)).verdict)
    assert.equal("syntax", packetdrill.run_text("0 `true\0`").verdict)
  end)

  it("that has no end in sight is stopped", function()
    local result = run("+0 setsockopt(4, SOL_SOCKET, SO_KEEPALIVE, [1], 4) = 0\n+0 setsockopt(4, SOL_TCP, TCP_KEEPIDLE, [1], 4) = 0\n"
      .. "+0 write(4, ..., 100) = 100\n+99999999 < . 1:1(0) ack 1 win 1")
    assert.is_truthy(result.verdict == "passed" or result.message:find "no end in sight", told(result))
  end)
end)
