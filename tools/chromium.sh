#!/usr/bin/env bash
# Finds the browser of the end-to-end tests: $CHROMIUM, else `chromium`, else Debian's package.
set -euo pipefail

if [ -n "${CHROMIUM:-}" ]; then
    [ -x "$CHROMIUM" ] && exit 0
    echo "error: CHROMIUM names $CHROMIUM, which is no program" >&2
    exit 1
fi
[ -x /usr/bin/chromium ] && exit 0
tools/debian.sh chromium "the tests need Chromium; install it and set CHROMIUM to its program"
