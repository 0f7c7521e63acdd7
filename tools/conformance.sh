#!/usr/bin/env bash
# Compiles the conformance suite on WebGPU and makes it importable by a page, in target/conformance-page; tests/e2e/conformance.test.mjs
# serves it from there.
set -euo pipefail
cargo build --package candling-wasm-conformance --target wasm32-unknown-unknown --profile conformance
target/debug/xtask target/wasm32-unknown-unknown/conformance/candling_wasm_conformance.wasm target/conformance-page/conformance
