# SPDX-License-Identifier: MIT
# Sourced: Debian 12's packages of the versions named, unpacked in a temporary folder, $here, which goes with the script. Exit 77: not to be had.
# usage: set -- NAME=VERSION ...; . "$(dirname "$0")/common/debian.sh"
. "$(dirname "$0")/common/find.sh"
here=$(mktemp -d) || exit 77
trap 'rm -rf "$here"' EXIT
command -v dpkg >/dev/null && command -v apt-get >/dev/null || missing "no Debian"
[ "$(dpkg --print-architecture)" = amd64 ] || missing "another architecture"
(cd "$here" && apt-get download -q "$@" >download.log 2>&1) || missing "$*: $(grep '^E:' "$here/download.log" | head -1)"
for package in "$here"/*.deb; do dpkg -x "$package" "$here" || missing "$package"; done
echo "$*"
