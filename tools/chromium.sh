#!/usr/bin/env bash
# The browser of the end-to-end tests: $CHROMIUM, else `chromium`, else Debian's package.
set -euo pipefail

if [ -n "${CHROMIUM:-}" ]; then
    [ -x "$CHROMIUM" ] && exit 0
    echo "error: CHROMIUM names $CHROMIUM, which is no program" >&2
    exit 1
fi
[ -x /usr/bin/chromium ] && exit 0

if ! command -v apt-get > /dev/null; then
    echo "error: the tests need Chromium; install it and set CHROMIUM to its program" >&2
    exit 1
fi
root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo > /dev/null || { echo "error: run 'apt-get install chromium' as root, then again" >&2; exit 1; }
    root=(sudo)
fi
"${root[@]}" apt-get update -qq
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium
