-- SPDX-License-Identifier: MIT
-- busted's own command in one line, for whichever Lua runs it: Debian's /usr/bin/busted asks for Lua 5.1.
require "busted.runner" { standalone = false }
