# SPDX-License-Identifier: MIT
# Sourced by every find: how it ends. 0: as it was; 1: no longer so; 77: it cannot be asked here.
missing() { echo "cannot be asked here: $*"; exit 77; }

# usage: expect WHAT EXPECTED SEEN
expect() {
  printf '%s: %s\n' "$1" "$3"
  [ "$2" = "$3" ] && return
  echo "  no longer so; it was: $2"
  exit 1
}
