"""The committed EfficientNet-Lite0 as a list of layers with f32 weights: the one source of every engine's
model file."""

import json
import pathlib
import struct
from dataclasses import dataclass

import numpy as np
from safetensors.numpy import load_file

ROOT = pathlib.Path(__file__).parents[3]
FILE = ROOT / "www/models/efficientnet-lite0.safetensors"
SIZE = 224
CLASSES = 1000
# The CAM layer, and the class that every engine explains.
TARGET_LAYER = "head"
TARGET_CLASS = 285


@dataclass
class Layer:
    name: str
    kind: str  # conv, depthwise, add, pool or linear
    inputs: list[str]
    # output: channels and side (every map here is square)
    channels: int
    side: int
    # convolutions only
    kernel: int = 0
    stride: int = 1
    padding: tuple[int, int] = (0, 0)  # before and after, the same in both directions
    relu6: bool = False
    input_side: int = 0
    # OIHW for convolutions, OI for the classifier; widened from f16
    weight: np.ndarray | None = None
    bias: np.ndarray | None = None


def read(path=FILE):
    """Every layer in the order of the forward pass."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    document = json.loads(header["__metadata__"]["candling"])
    weights = {name: w.astype(np.float32) for name, w in load_file(path).items()}
    shapes = {"input": (3, SIZE)}
    layers = []
    for entry in document["layers"]:
        layer = _layer(entry, shapes[entry["inputs"][0]], weights)
        shapes[layer.name] = (layer.channels, layer.side)
        layers.append(layer)
    return layers


def _layer(entry, entering, weights):
    name, op, inputs = entry["name"], entry["op"], entry["inputs"]
    weight, bias = weights.get(f"{name}.weight"), weights.get(f"{name}.bias")
    channels, side = entering
    if op == "add":
        return Layer(name, "add", inputs, channels, side)
    if op == "global_avg_pool":
        return Layer(name, "pool", inputs, channels, 1)
    if op == "linear":
        return Layer(name, "linear", inputs, weight.shape[0], 1, weight=weight, bias=bias)
    conv = op["conv2d"]
    top, bottom, left, right = conv["padding"]
    kernel, stride = weight.shape[2], conv["stride"][0]
    square = weight.shape[3] == kernel and conv["stride"][1] == stride and (top, bottom) == (left, right)
    if not square or conv["dilation"] != [1, 1] or conv["groups"] not in (1, channels):
        raise ValueError(f"layer {name}: this benchmark knows square, undilated, dense or depthwise convolutions only")
    return Layer(
        name, "conv" if conv["groups"] == 1 else "depthwise", inputs, weight.shape[0],
        (side + top + bottom - kernel) // stride + 1, kernel, stride, (top, bottom),
        conv["activation"] == "relu6", side, weight, bias,
    )  # fmt: skip


def require_same_padding(layer):
    """TensorFlow knows its SAME padding by name only; fails where the layer pads otherwise."""
    total = max((layer.side - 1) * layer.stride + layer.kernel - layer.input_side, 0)
    if layer.padding != (total // 2, total - total // 2):
        raise ValueError(f"layer {layer.name}: padding {layer.padding} is not TensorFlow's SAME")
