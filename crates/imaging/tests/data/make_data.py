# /// script
# requires-python = ">=3.11"
# dependencies = ["pillow==11.3.0", "numpy==2.4.6", "matplotlib==3.11.2"]
# ///
"""Remakes the reference data of this folder (everything except cat.jpg) and the tables of
../../src/tables.rs.

Usage: make_data.py      (`uv run` installs the pins)

- noise.png, noise_alpha.png: small pictures that no decoder reads differently: a gradient, hard edges and
  noise;
- noise_*.png: what Pillow's `crop` and `resize(..., BICUBIC)` make of them; those of noise_alpha after laying
  it over white with round(c·a/255 + 255·(1 − a/255));
- colormaps.json: matplotlib's 256 entries of each colour map, round(255·v), as "rrggbb";
"""
import json
import pathlib

import matplotlib
import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent


def picture(width, height, channels, seed):
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    ramp = np.stack([255 * x / width, 255 * y / height, 255 * (x + y) / (width + height), 255 * x / width], -1)
    edges = np.where(((x // 5 + y // 7) % 2 == 0)[..., None], 255.0, 0.0)
    noise = rng.integers(0, 256, (height, width, 4))
    mixed = np.where((x < width // 3)[..., None], ramp, np.where((x < 2 * width // 3)[..., None], edges, noise))
    mixed[..., 3] = noise[..., 3]  # alpha in step with the colours would only ever give white
    return mixed.astype(np.uint8)[..., :channels]


def over_white(rgba):
    colour, alpha = rgba[..., :3].astype(np.uint32), rgba[..., 3:].astype(np.uint32)
    return ((colour * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)


def resized(pixels, box, size, name):
    image = Image.fromarray(pixels)
    left, top, right, bottom = box or (0, 0, image.width, image.height)
    image.crop((left, top, right, bottom)).resize(size, Image.Resampling.BICUBIC).save(HERE / name, optimize=True)


opaque = picture(61, 47, 3, 1)
Image.fromarray(opaque).save(HERE / "noise.png", optimize=True)
resized(opaque, None, (32, 24), "noise_32x24.png")
resized(opaque, None, (150, 110), "noise_150x110.png")
resized(opaque, None, (7, 90), "noise_7x90.png")
resized(opaque, (10, 3, 51, 44), (28, 28), "noise_crop_28x28.png")

alpha = picture(50, 40, 4, 2)
Image.fromarray(alpha).save(HERE / "noise_alpha.png", optimize=True)
resized(over_white(alpha), (5, 2, 40, 37), (20, 20), "noise_alpha_crop_20x20.png")

cat = Image.open(HERE / "cat.jpg").convert("RGB")
cat.resize((224, 224), Image.Resampling.BICUBIC).save(HERE / "cat_squash_224x224.png", optimize=True)

entries = {
    name: ["%02x%02x%02x" % tuple(row) for row in np.rint(255 * matplotlib.colormaps[name](np.arange(256))[:, :3]).astype(int)]
    for name in ("turbo", "inferno", "viridis", "jet")
}
(HERE / "colormaps.json").write_text(json.dumps(entries) + "\n")

TABLES = """\
//! The 256 colours of each colour map, as `0xRRGGBB`.
//!
//! Turbo: Anton Mikhailov, copyright 2019 Google LLC, Apache-2.0. Inferno and viridis: Nathaniel J. Smith and
//! Stéfan van der Walt, CC0. Jet: matplotlib's, after MATLAB. Written by `tests/data/make_data.py` from matplotlib, as
//! round(255·v).
"""
for name in entries:
    TABLES += f"\n#[rustfmt::skip]\npub(crate) static {name.upper()}: [u32; 256] = [\n"
    for row in range(0, 256, 8):
        TABLES += "    " + " ".join(f"0x{e}," for e in entries[name][row:row + 8]) + "\n"
    TABLES += "];\n"
(HERE / "../../src/tables.rs").write_text(TABLES)
