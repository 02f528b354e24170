-- SPDX-License-Identifier: MIT
-- Our own scripts for packetdrill: what the standards ask for and what systems do, state by state and event by event. Each passes with every one of
-- these profiles; where they differ the script says so.
require "spec.helper"

for _, profile in ipairs { "rfc9293", "linux", "freebsd" } do
  describe("profile " .. profile .. ":", function() require "tcplab.packetdrill".specs("spec/pkt", { profile = profile }) end)
end
