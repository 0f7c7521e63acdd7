#!/usr/bin/env bash
# rustc for the crates of this workspace with relaxed SIMD: wasm.sh makes cargo call it
# (RUSTC_WORKSPACE_WRAPPER), so that the dependencies, none of which uses these instructions, are compiled
# once for both builds.
exec "$@" -C target-feature=+relaxed-simd
