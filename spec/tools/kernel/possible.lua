-- SPDX-License-Identifier: MIT
-- usage: tcplab run spec/tools/kernel/possible.lua [--kernel=PATH]
-- Whether a kernel can run here as a program: what forbids it, exit code 3; inside of one, its release.
local uml = require "tcplab.uml.enter"

if uml.inside() then
  print(uml.inside())
else
  local folder, message = uml.possible()
  if not folder then
    io.stderr:write("tcplab: no kernel can run here: ", message, "\n")
    os.exit(3)
  end
end
