#!/usr/bin/env bash
# Compiles the engine: wasm.sh PROFILE BUILD. The builds, of which the worker uses the best that the browser
# and the page allow:
#   simd128       128-bit vectors, which every browser has
#   relaxed-simd  with fused multiply-add
#   threads       the same, with a pool of workers on one memory; only on cross-origin isolated pages
# and beside them
#   webgpu        the engine on a GPU, a module of its own, whose PROFILE is `card`
#   head          training, a module of its own
#   decode        reading picture files, a module of its own
#   conformance   the conformance suite for a test's page
# `simd128`, `relaxed-simd`, `head`, `decode` and `conformance` share their dependencies. The paths of this
# machine, which panics would contain, are removed, so that the module says nothing about who built it and is
# the same everywhere.
set -euo pipefail
profile=$1
build=$2
cargo_home=${CARGO_HOME:-$HOME/.cargo}
sysroot=$(rustc --print sysroot)

package=candling-wasm
target=$build
arguments=()
# Loop strength reduction turns the constant offsets of a load into separate additions, which cost the matrix
# product two fifths of its speed in V8. Places of panics in the source (a file, a line and a column for each)
# are 3 kB of the engine's download: the message of a panic stays, and the native command names its place.
flags=(-C llvm-args=-disable-lsr -Zlocation-detail=none
    "--remap-path-prefix=$cargo_home/registry/src=" "--remap-path-prefix=$sysroot=" "--remap-path-prefix=$PWD=")
# The last flag is not stable yet, nor is compiling the standard library; the language used here is.
export RUSTC_BOOTSTRAP=1

# Compiles the standard library too, with the feature that is given, or none.
build_std() {
    [ -d "$sysroot/lib/rustlib/src/rust/library" ] || rustup component add rust-src
    # The default feature for backtraces has no use here, and `optimize_for_size` selects and sorts by other
    # algorithms, one of which takes quadratic time on a map that is mostly zeros: not for what sorts maps.
    arguments+=(-Zbuild-std=std,panic_abort "-Zbuild-std-features=${1-}")
}

case $build in
    simd128) ;;
    head | decode | conformance)
        package=candling-wasm-$build
        target=simd128
        ;;
    webgpu)
        package=candling-wasm-webgpu
        profile=card
        # Nobody sees the messages of panics, and they are a tenth of the download.
        flags+=(-Zunstable-options -Cpanic=immediate-abort -Zfmt-debug=none)
        build_std optimize_for_size
        ;;
    relaxed-simd)
        target=simd128
        export RUSTC_WORKSPACE_WRAPPER=$PWD/tools/relaxed.sh
        ;;
    threads)
        flags+=(-C target-feature=+relaxed-simd,+atomics,+bulk-memory)
        for argument in --shared-memory --import-memory --max-memory=2147483648 \
            --export=__wasm_init_tls --export=__tls_size --export=__tls_align --export=__tls_base; do
            flags+=(-C "link-arg=$argument")
        done
        # The standard library is distributed without atomics.
        build_std
        arguments+=(--features threads)
        ;;
    *) echo "error: unknown build $build; there are simd128, relaxed-simd, threads, webgpu, head, decode and conformance" >&2; exit 2 ;;
esac

quoted=$(printf "'%s'," "${flags[@]}")
cargo build --package "$package" --target wasm32-unknown-unknown --profile "$profile" --target-dir "target/$target" \
    --config "target.wasm32-unknown-unknown.rustflags=[${quoted%,}]" "${arguments[@]}"
