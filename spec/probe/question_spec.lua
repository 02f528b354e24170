-- SPDX-License-Identifier: MIT
-- Each question sees what a host is told to do by one option that decides its answer, and what RFCs fix of profile rfc9293.
require "spec.helper"

local lab = require "tcplab.probe.subject.lab"
local probe = require "tcplab.probe"

--- A question's answer by a host of some options.
local function ask(name, options)
  local question = probe.questions({ name })[1]
  local subject <close> = lab.new(options or "rfc9293", question.rtt)
  return question.ask(subject)
end

describe("the question", function()
  it("syn sees the flags, the options in their order, window and scale", function()
    local answer = ask "syn"
    assert.same({ "S", "mss 1460", 65535 }, { answer.flags, answer.options[1], answer.window })
    assert.equal("ws " .. answer.scale, answer.options[3])
    assert.same({ flags = "SEW", options = { "mss 1460" }, window = 5000 },
      ask("syn", { timestamps = false, sack = false, window_scaling = false, ecn = 1, receive_buffer = 5000 }))
  end)

  it("syn_ack sees the same of the answer", function()
    assert.equal("S.", ask("syn_ack").flags)
    assert.same({ flags = "S.", options = { "mss 1460", "nop", "nop", "sackOK" }, window = 5000 },
      ask("syn_ack", { timestamps = false, window_scaling = false, receive_buffer = 5000 }))
  end)

  it("syn_retries sees each SYN and the end of connect", function()
    assert.same({ times = { 1.0, 3.0 }, gives_up = 7.0, code = "ETIMEDOUT" }, ask("syn_retries", { syn_retries = 2 }))
    assert.same({ times = { 0.5, 1.5 }, gives_up = 3.5, code = "ETIMEDOUT" }, ask("syn_retries", { syn_retries = 2, rto_initial = 0.5 }))
  end)

  it("syn_ack_retries sees each SYN-ACK", function()
    assert.same({ times = { 1.0, 3.0, 7.0 } }, ask("syn_ack_retries", { syn_ack_retries = 3 }))
  end)

  it("data_timeout sees the tail probe and the timeouts of a segment at a round-trip time of 0.1 s", function()
    local probed = ask("data_timeout")
    assert.same({ 0.24, 1.24, 3.24 }, { table.unpack(probed.times, 1, 3) })
    local plain = ask("data_timeout", { tail_loss_probe = false, rto_min = 0.5 })
    assert.same({ 0.5, 1.5, 3.5 }, { table.unpack(plain.times, 1, 3) })
    assert.equal("ETIMEDOUT", plain.code)
    assert.is_true(plain.gives_up > plain.times[#plain.times])
  end)

  it("fin_timeout sees each FIN that nobody acknowledges", function()
    local answer = ask("fin_timeout", { tail_loss_probe = false, rto_min = 0.5 })
    assert.same({ 0.5, 1.5, 3.5 }, { table.unpack(answer.times, 1, 3) })
  end)

  it("zero_window sees the form and the times of the probes", function()
    assert.same({ flags = ".", seq = 0, length = 1, times = { 1.0, 3.0, 7.0, 15.0, 31.0, 63.0 } }, ask "zero_window")
    assert.same({ 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 }, ask("zero_window", { rto_min = 0.5 }).times)
  end)

  it("delayed_ack sees how long each ACK waits", function()
    local delays = ask("delayed_ack", { delayed_ack = 0 }).delays
    assert.same({ 30, 0.0, 0.0 }, { #delays, delays[1], delays[30] })
    assert.equal(0.1, ask("delayed_ack", { delayed_ack = 0.1 }).delays[30])
  end)

  it("fin_ack sees how long the ACK of a FIN waits, after nothing and after text, and with text", function()
    assert.same({ fresh = 0.0, after_text = 0.0, with_text = 0.0, fin_wait_1 = 0.0, fin_wait_2 = 0.0 }, ask("fin_ack", { delayed_ack = 0 }))
    assert.is_true(ask("fin_ack", { delayed_ack = 0.1 }).with_text <= 0.1)
  end)

  it("initial_window sees how many segments leave before an ACK comes", function()
    assert.same({ segments = 10, bytes = 14480 }, ask "initial_window")
    assert.same({ segments = 3, bytes = 4344 }, ask("initial_window", { initial_window = 3 }))
  end)

  it("closed_port sees the RST that answers a SYN, and text with an ACK", function()
    assert.same({ syn = { "R.", 0, 1 }, text = { "R", 500, "none" } }, ask "closed_port")
  end)

  it("abort sees the RST", function() assert.same({ flags = "R", seq = 1, window = 0 }, ask "abort") end)

  it("icmp sees which errors end connect at once, and by which code", function()
    local answer = ask "icmp"
    assert.equal("ECONNREFUSED", answer.port_unreachable)
    assert.equal("ENOPROTOOPT", answer.protocol_unreachable)
    assert.equal("goes on", answer.network_unreachable)
    assert.equal("goes on", answer.source_quench)
  end)
end)
