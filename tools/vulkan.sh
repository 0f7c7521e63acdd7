#!/usr/bin/env bash
# Finds a Vulkan driver for the tests of the GPU kernels: the machine's own, else Mesa's, which runs on the
# CPU. Apple's machines have Metal.
set -euo pipefail

[ "$(uname)" = Linux ] || exit 0
for folder in /usr/share/vulkan/icd.d /usr/local/share/vulkan/icd.d /etc/vulkan/icd.d; do
    for driver in "$folder"/*.json; do
        [ -f "$driver" ] && exit 0
    done
done
tools/debian.sh mesa-vulkan-drivers "the tests need a Vulkan driver; Mesa's software one (lavapipe) will do"
