# SPDX-License-Identifier: MIT
# Sourced: runs the rest of the script in a network namespace of its own, under the kernel that the find is of. Exit 77: another kernel, or no right.
# usage: set -- VERSION; . "$(dirname "$0")/common/linux.sh"
. "$(dirname "$0")/common/find.sh"
case "$(uname -sr)" in "Linux $1".*) ;; *) missing "the find is of Linux $1, this is $(uname -sr)" ;; esac
command -v python3 >/dev/null && command -v ip >/dev/null || missing "python3 and ip are needed"
if [ -z "$IN_NAMESPACE" ]; then
  unshare -n true 2>/dev/null || missing "no right to make a network namespace"
  IN_NAMESPACE=1 exec unshare -n sh "$0"
fi
ip link set lo up
uname -sr
