#!/usr/bin/env python3
"""Makes the pictures of the bias lesson, "bird or mammal?", byte for byte: make.py FOLDER

Each picture is a composite of 224x224 pixels, a cut-out animal on water or on grass, both from `source/`
beside this file. The background gives the class away in what the biased model learns from, and nowhere else:

  train_biased    every bird on water, every mammal on grass
  train_unbiased  the same animals in the same places, half of each class on either background; half of its
                  pictures are those of train_biased
  test_same       other animals on other backgrounds, each on the usual one
  test_swapped    the same animals in the same places on the other background

Beside each picture there is its mask, a PNG of one bit, white where the animal is. Needs Pillow and numpy.
"""
import json
import random
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

SOURCE = Path(__file__).parent / "source"
CUTOUTS = json.loads((SOURCE / "cutouts.json").read_text())
BACKGROUNDS = json.loads((SOURCE / "backgrounds.json").read_text())

SIDE = 224
TRAINING_PER_CLASS = 20
TEST_PER_CLASS = 16
# WebP, because every decoder gives the same pixels; decoders of JPEG differ by enough to move a share of
# evidence by a hundredth.
QUALITY = 90
USUAL = {"bird": "water", "mammal": "grass"}
OTHER = {"bird": "grass", "mammal": "water"}

# Licences from free to strict.
FREE = {"Public domain", "CC0-1.0"}
LICENCES = ["CC-BY-2.0", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0"]

# The order of what is drawn from it makes the pictures: do not change it.
rng = random.Random(8)


def pose(animal):
    """Size and place of an animal."""
    width, height = cutout(animal).size
    scale = rng.uniform(0.36, 0.52) * SIDE / max(width, height)
    if scale * max(width, height) > 190:
        scale = 190 / max(width, height)
    width, height = max(1, int(width * scale)), max(1, int(height * scale))
    place = [rng.randint(8, max(8, SIDE - 8 - extent)) for extent in (width, height)]
    return {"animal": animal, "size": (width, height), "place": tuple(place), "flip": rng.random() < 0.5}


def ground(kind, split):
    """A part of a background, mirrored or not, a little darker or lighter."""
    scenes = [name for name, scene in BACKGROUNDS.items() if scene["kind"] == kind and scene["split"] == split]
    return {
        "scene": rng.choice(scenes),
        "left": rng.randint(0, 32),
        "top": rng.randint(0, 32),
        "flip": rng.random() < 0.5,
        "gain": round(rng.uniform(0.85, 1.12), 3),
    }


def cutout(animal):
    return Image.open(SOURCE / "cutouts" / f"{animal}.webp").convert("RGBA")


def compose(pose, ground):
    """The picture, and the animal's mask."""
    back = Image.open(SOURCE / "backgrounds" / f"{ground['scene']}.jpg").convert("RGB")
    if ground["flip"]:
        back = back.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    left, top = ground["left"], ground["top"]
    back = back.crop((left, top, left + SIDE, top + SIDE))
    back = back.point(lambda value: min(255, int(value * ground["gain"]))).convert("RGBA")
    animal = cutout(pose["animal"])
    if pose["flip"]:
        animal = animal.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    animal = animal.resize(pose["size"], Image.Resampling.LANCZOS)
    x, y = pose["place"]
    shadow = Image.new("L", back.size, 0)
    shadow.paste(animal.getchannel("A"), (x + 3, y + 4))
    shadow = shadow.filter(ImageFilter.GaussianBlur(3)).point(lambda value: int(value * 0.35))
    dark = Image.new("RGBA", back.size, (0, 0, 0, 255))
    dark.putalpha(shadow)
    layer = Image.new("RGBA", back.size, (0, 0, 0, 0))
    layer.paste(animal, (x, y))
    picture = Image.alpha_composite(Image.alpha_composite(back, dark), layer).convert("RGB")
    mask = Image.new("L", back.size, 0)
    mask.paste(animal.getchannel("A"), (x, y))
    return picture, np.asarray(mask) > 127


def licence(*sources):
    """What a composite may be passed on under: the strictest of its parts."""
    given = {source["licence"] for source in sources}
    if given <= FREE:
        return "CC0-1.0"
    if any("BY-SA" in name for name in given):
        return "CC-BY-SA-4.0"
    return " + ".join(sorted(given - FREE, key=LICENCES.index))


def main(folder):
    pictures = []

    def put(name, label, background, sets, pose, ground):
        picture, mask = compose(pose, ground)
        picture.save(folder / "images" / f"{name}.webp", quality=QUALITY, method=6)
        Image.fromarray(mask).save(folder / "masks" / f"{name}.png", optimize=True)
        parts = CUTOUTS[pose["animal"]]["source"], BACKGROUNDS[ground["scene"]]["source"]
        pictures.append({
            "name": name,
            "label": label,
            "background": background,
            "sets": sets,
            "animal": pose["animal"],
            "scene": ground["scene"],
            "licence": licence(*parts),
        })

    for part in ("images", "masks"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    animals = lambda label, split: [n for n, c in CUTOUTS.items() if c["label"] == label and c["split"] == split]
    for label in USUAL:
        names = animals(label, "train")
        for i in range(TRAINING_PER_CLASS):
            where = pose(names[i % len(names)])
            usual, other = ground(USUAL[label], "train"), ground(OTHER[label], "train")
            name = f"train_{label}_{i:02d}"
            if i % 2 == 0:
                put(f"{name}_{USUAL[label]}", label, USUAL[label], ["train_biased", "train_unbiased"], where, usual)
            else:
                put(f"{name}_{USUAL[label]}", label, USUAL[label], ["train_biased"], where, usual)
                put(f"{name}_{OTHER[label]}", label, OTHER[label], ["train_unbiased"], where, other)
    for label in USUAL:
        names = animals(label, "test")
        for i in range(TEST_PER_CLASS):
            where = pose(names[i % len(names)])
            for kinds, which in ((USUAL, "test_same"), (OTHER, "test_swapped")):
                put(f"test_{label}_{i:02d}_{kinds[label]}", label, kinds[label], [which], where, ground(kinds[label], "test"))
    head = {"classes": list(USUAL), "pictures": pictures}
    (folder / "labels.json").write_text(json.dumps(head, indent=1) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: make.py FOLDER")
    main(Path(sys.argv[1]))
