-- SPDX-License-Identifier: MIT
-- nginx on the kernel's side of a real network, for one folder of pages.
local helper = require "spec.helper"
local namespace = require "spec.namespace"

local nginx = {}

local CONF = [[
daemon off; master_process off; user root; pid "ROOT/pid"; error_log stderr;
events {}
http {
  access_log off; default_type text/plain;
  client_body_temp_path "ROOT/a"; proxy_temp_path "ROOT/b"; fastcgi_temp_path "ROOT/c"; uwsgi_temp_path "ROOT/d"; scgi_temp_path "ROOT/e";
  server { listen LISTEN; root "ROOT"; }
}]]

--- Starts it. It takes a moment until it listens: see connect.
---@param root string    the folder
---@param listen string  address and port, and what else its directive takes
---@return namespace.process
function nginx.start(root, listen)
  helper.write(root .. "/nginx.conf", (CONF:gsub("ROOT", root):gsub("LISTEN", listen)))
  local path = "PATH=$PATH:/usr/sbin:/sbin exec nginx -e stderr -p " .. helper.quote(root) .. " -c " .. helper.quote(root .. "/nginx.conf")
  return namespace.start("sh -c " .. helper.quote(path))
end

--- Connects to it, as soon as it listens.
---@param process namespace.process
---@param client tcplab.host
---@param address string
---@param options? table
---@return tcplab.connection
function nginx.connect(process, client, address, options)
  while true do
    local conn, message = client:connect(address, 80, options)
    if conn then return conn end
    assert(message == "connection refused", message)
    assert(not process:status(), "nginx ended")
    client.network:sleep(0.02)
  end
end

--- Asks for a page over a connection, which nginx closes first.
---@param conn tcplab.connection
---@param path string
---@return string? page
function nginx.page(conn, path)
  conn:send("GET " .. path .. " HTTP/1.0\r\nHost: kernel\r\n\r\n")
  local answer = conn:receive "*a"
  conn:close()
  return answer and answer:match "\r\n\r\n(.*)$"
end

return nginx
