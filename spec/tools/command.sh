#!/bin/sh
# The command tcplab, run from the checkout that this build stands in, from anywhere and by any link to it.
self=$0
while [ -L "$self" ]; do
  target=$(readlink "$self")
  case $target in /*) self=$target ;; *) self=$(dirname "$self")/$target ;; esac
done
build=$(CDPATH='' cd "$(dirname "$self")" && pwd -P)
root=$(CDPATH='' cd "$build/@UP@" && pwd -P)
LUA_PATH_5_4="$root/lua/?.lua;$root/lua/?/init.lua;${LUA_PATH_5_4:-${LUA_PATH:-;}}"
LUA_CPATH_5_4="$build/lib/?.so;${LUA_CPATH_5_4:-${LUA_CPATH:-;}}"
export LUA_PATH_5_4 LUA_CPATH_5_4
exec @LUA@ "$root/lua/bin/tcplab" "$@"
