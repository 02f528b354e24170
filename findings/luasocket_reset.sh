#!/bin/sh
# SPDX-License-Identifier: MIT
# LuaSocket 3.1.0: a connection that was reset reads as one that ended well: "closed" and what there is, by line and by count alike. Only
# receive("*a") tells them apart, by success and failure; the word is "closed" there too, and never "connection reset".
set -- lua-socket=3.1.0-1+b1
. "$(dirname "$0")/common/debian.sh"
command -v lua5.4 >/dev/null || missing "no lua5.4"
cat >"$here/ends.lua" <<'L'
package.path, package.cpath = arg[1] .. "/usr/share/lua/5.4/?.lua", arg[1] .. "/usr/lib/x86_64-linux-gnu/lua/5.4/?.so"
local socket = require "socket"
local function receive(how, what)
  local server = assert(socket.bind("127.0.0.1", 0))
  local address, port = server:getsockname()
  local client = assert(socket.connect(address, port))
  local peer = assert(server:accept())
  peer:send "half of it"
  socket.sleep(0.1)
  if how == "RST" then peer:setoption("linger", { on = true, timeout = 0 }) end
  peer:close()
  socket.sleep(0.1)
  local data, message, partial = client:receive(what)
  return ("%s %s %s"):format(data, message, partial)
end
print(receive(arg[2], tonumber(arg[3]) or arg[3]))
L
ends() { lua5.4 "$here/ends.lua" "$here" "$1" "$2"; }
for what in "*l" 20; do
  expect "receive $what before a FIN" "nil closed half of it" "$(ends FIN "$what")"
  expect "receive $what before a RST" "nil closed half of it" "$(ends RST "$what")"
done
expect 'receive *a before a FIN' "half of it nil nil" "$(ends FIN "*a")"
expect 'receive *a before a RST' "nil closed half of it" "$(ends RST "*a")"
