-- For installing offline on Debian 12: its packages lua-lpeg, lua-argparse and lua-dkjson stand in for the rocks.
--   LUAROCKS_CONFIG=.luarocks-debian.lua luarocks --lua-version=5.4 --tree DIR make
rocks_provided = {
  lpeg = "1.0.2-1",
  argparse = "0.7.1-1",
  dkjson = "2.6-1",
}
variables = {
  LUA_INCDIR = "/usr/include/lua5.4",
}
