#!/usr/bin/env bash
# Installs a Debian package: debian.sh PACKAGE HINT. Without apt-get it prints HINT, how to do without.
set -euo pipefail
package=$1
hint=$2

if ! command -v apt-get > /dev/null; then
    echo "error: $hint" >&2
    exit 1
fi
root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo > /dev/null || { echo "error: run 'apt-get install $package' as root, then again" >&2; exit 1; }
    root=(sudo)
fi
"${root[@]}" apt-get update -qq
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package"
