#!/usr/bin/env bash
# Compiles the conformance suite on WebGPU and makes it importable by a page, in target/conformance-page, from
# which tests/e2e/conformance.test.mjs serves it.
set -euo pipefail
tools/wasm.sh engine conformance
target/debug/xtask target/simd128/wasm32-unknown-unknown/engine/candling_wasm_conformance.wasm target/conformance-page/conformance
