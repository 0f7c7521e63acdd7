#!/usr/bin/env bash
# Makes a compiled engine importable: engine.sh PROFILE BUILD runs xtask for the bindings, then wasm-opt and
# esbuild, into www/lib/BUILD. Does nothing if that was already done. To be called right after its wasm.sh:
# simd128 and relaxed-simd are compiled into one folder.
set -euo pipefail
profile=$1
build=$2
target=$build
name=candling_wasm
crate=candling_wasm
# The tile of the matrix product has one caller and must not be inlined (see product/tile.rs).
optimise=(-O3 --one-caller-inline-max-function-size=0)
case $build in
    webgpu)
        profile=card
        name=candling_webgpu
        crate=candling_wasm_webgpu
        optimise=(-Oz --converge)
        ;;
    relaxed-simd) target=simd128 ;;
    head)
        target=simd128
        name=candling_head
        crate=candling_wasm_head
        # Higher levels take minutes for candle's largest functions, which have a thousand variables each, and
        # compress worse by a tenth.
        optimise=(-O1)
        ;;
    decode)
        target=simd128
        name=candling_decode
        crate=candling_wasm_decode
        optimise=(-Os)
        ;;
esac
compiled="target/$target/wasm32-unknown-unknown/$profile/$crate.wasm"
out="www/lib/$build"
made="$out/${name}_bg.wasm"
stamp="$out/.engine"

# Compared by content: two builds alternate under one name, so that the file is always new.
state=$(cksum "$compiled")
if [ -f "$made" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$state" ] && [ "$stamp" -nt tools/engine.sh ]; then
    exit 0
fi
features=(--enable-simd --enable-bulk-memory --enable-sign-ext --enable-nontrapping-float-to-int --enable-mutable-globals
    --enable-reference-types --enable-multivalue)
case $build in
    relaxed-simd) features+=(--enable-relaxed-simd) ;;
    threads) features+=(--enable-relaxed-simd --enable-threads) ;;
esac
mkdir -p "$out"
target/debug/xtask "$compiled" "$out/$name"
# The features are those that rustc already emitted. The stack is below the data, so nothing has an address
# below 1024: small offsets fold into loads.
web/node_modules/.bin/wasm-opt "${optimise[@]}" --low-memory-unused --strip-debug --strip-producers "${features[@]}" "$made" -o "$made.tmp"
mv "$made.tmp" "$made"
# The pool would start its workers from a copy behind a blob: URL, which our content security policy refuses;
# here they start from the file itself.
for helper in "$out"/snippets/*/src/workerHelpers.no-bundler.js; do
    [ -f "$helper" ] || continue
    sed -i 's/^\( *let url = \)URL.createObjectURL(scriptBlob);/\1import.meta.url;/; /let scriptBlob = /d' "$helper"
    # The form of the call for which wasm-bindgen prints no warning.
    sed -i 's/pkg.default(data.module, data.memory)/pkg.default({ module_or_path: data.module, memory: data.memory })/' "$helper"
    grep -q 'let url = import.meta.url;' "$helper" && ! grep -q scriptBlob "$helper" ||
        { echo "error: $helper does not start its workers in the way this script knows; see the lines above this one" >&2; exit 1; }
done
# One file for every build: a bundler that renames it would separate it from the helper.
web/node_modules/.bin/esbuild "$out/$name.js" --bundle --minify --format=esm --log-level=warning --outfile="$out/bundled.js"
mv "$out/bundled.js" "$out/$name.js"
rm -rf "$out/snippets"
printf '%s\n' "$state" > "$stamp"
