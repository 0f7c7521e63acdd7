#!/usr/bin/env bash
# Compiles the engine with the given profile. The names of this machine's folders, which panics would carry, are taken out,
# so that the module says nothing about who built it and comes out the same everywhere.
set -euo pipefail
profile=$1
cargo_home=${CARGO_HOME:-$HOME/.cargo}
sysroot=$(rustc --print sysroot)

cargo build --package candling-wasm --target wasm32-unknown-unknown --profile "$profile" \
    --config "target.wasm32-unknown-unknown.rustflags=['--remap-path-prefix=$cargo_home/registry/src=', '--remap-path-prefix=$sysroot=', '--remap-path-prefix=$PWD=']"
