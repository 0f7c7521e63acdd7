"""Writes what the engines read into a folder: their model files, the input, and the reference that their
answers are held to.

Usage: make.py FOLDER
"""

import json
import pathlib
import sys

import numpy as np
from PIL import Image
from safetensors.numpy import load_file

import lite0
import onnx_graphs
import tfjs_weights
import tflite_graph

GOLDEN = lite0.ROOT / "tests/golden/cases"
PICTURE = "dog_cat"


def write_input(folder):
    """`input.bin`: the golden picture as 3x224x224 values, (pixel - 127) / 128."""
    pixels = np.asarray(Image.open(GOLDEN / f"{PICTURE}.png").convert("RGB"), np.float32)
    ((pixels - 127) / 128).transpose(2, 0, 1).tofile(folder / "input.bin")


def write_alpha(layers, folder):
    """`alpha.bin`: the gradient of the class's logit at the CAM layer, for graphs whose backward pass is made
    by hand. Pooling and the classifier are linear, so it is the classifier's row over the number of
    positions."""
    layer = next(layer for layer in layers if layer.name == lite0.TARGET_LAYER)
    positions = layer.side**2
    row = layers[-1].weight[lite0.TARGET_CLASS] / positions
    np.repeat(row, positions).tofile(folder / "alpha.bin")


def write_reference(folder):
    """`reference.json`: PyTorch's f64 answers from the committed goldens; pixel maps every fourth row and
    column."""
    golden = load_file(GOLDEN / f"{PICTURE}_{lite0.TARGET_CLASS}.safetensors")
    answers = {
        "logits": golden["logits"],
        "grad-cam": np.maximum(golden["head/grad-cam.signed"], 0),
        "guided-backprop": golden["guided-backprop.sub4"],
        "guided-grad-cam": golden["guided-grad-cam.sub4"],
    }
    (folder / "reference.json").write_text(json.dumps({name: a.ravel().tolist() for name, a in answers.items()}))


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    layers = lite0.read()
    write_input(folder)
    write_alpha(layers, folder)
    write_reference(folder)
    onnx_graphs.write(layers, folder)
    tflite_graph.write(layers, folder)
    tfjs_weights.write(layers, folder)
