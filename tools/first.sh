#!/usr/bin/env bash
# Makes the first engine and what every engine needs: first.sh PROFILE BUILD compiles xtask and the engine in
# parallel, since each ends with crates that use only one core, and then makes the engine importable. xtask is
# built with the features that it has in the tests, so that these need not compile it again.
set -euo pipefail
# Made here, because two parallel builds would each make this folder, and one would find its own replaced
# (cargo renames it into place).
mkdir -p "${CARGO_TARGET_DIR:-target}" target
cargo build --workspace --exclude candling-wasm --features candling-cpu/threads --bin xtask &
bindgen=$!
# Ending this script ends the other compilation too.
trap 'kill $bindgen 2> /dev/null || true' EXIT
tools/wasm.sh "$1" "$2"
wait $bindgen
tools/engine.sh "$1" "$2"
