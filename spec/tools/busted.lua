-- SPDX-License-Identifier: MIT
-- busted's own command in one line, for whichever Lua runs it: Debian's /usr/bin/busted asks for Lua 5.1.
-- TCPLAB_INSIDE names a kernel, of those that `make kernel` has built, inside of which it goes on.
local version = os.getenv "TCPLAB_INSIDE"
if version and version ~= "" then
  require "spec.helper"
  assert(require "tcplab.uml.enter".enter { version = version })
end
require "busted.runner" { standalone = false }
