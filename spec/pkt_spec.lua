-- SPDX-License-Identifier: MIT
-- Our own scripts for packetdrill: what the standards ask for, state by state and event by event.
require "spec.helper"

require "tcplab.packetdrill".specs("spec/pkt", { profile = "rfc9293" })
