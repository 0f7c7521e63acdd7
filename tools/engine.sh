#!/usr/bin/env bash
# Makes a compiled engine importable: bindings with xtask, then wasm-opt. Does nothing where that was already done.
set -euo pipefail
compiled=$1
out=www/lib
made="$out/candling_wasm_bg.wasm"
stamp="$out/.engine"

if [ -f "$made" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$compiled" ] && [ "$stamp" -nt "$compiled" ]; then
    exit 0
fi
mkdir -p "$out"
target/debug/xtask "$compiled" "$out"
# The features are those that every browser with 128-bit SIMD has, and that rustc already emitted.
web/node_modules/.bin/wasm-opt -O3 --strip-debug --strip-producers \
    --enable-simd --enable-bulk-memory --enable-sign-ext --enable-nontrapping-float-to-int \
    --enable-mutable-globals --enable-reference-types --enable-multivalue \
    "$made" -o "$made.tmp"
mv "$made.tmp" "$made"
printf '%s' "$compiled" > "$stamp"
