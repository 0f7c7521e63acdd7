"""Lite0 for TensorFlow.js: `tfjs.json` lists the layers, `tfjs.bin` holds the weights in TensorFlow's
layouts."""

import json

import numpy as np

from lite0 import require_same_padding

# From OIHW: HWIO for convolutions, HWC1 for depthwise ones, input by output for the classifier.
LAYOUTS = {"conv": (2, 3, 1, 0), "depthwise": (2, 3, 0, 1), "linear": (1, 0)}


def write(layers, folder):
    arrays, length, described = [], 0, []

    def place(array):
        nonlocal length
        arrays.append(np.ascontiguousarray(array).ravel())
        start, length = length, length + array.size
        return {"start": start, "shape": list(array.shape)}

    for layer in layers:
        entry = {"name": layer.name, "kind": layer.kind, "inputs": layer.inputs}
        if layer.kind in ("conv", "depthwise"):
            require_same_padding(layer)
            entry |= {"stride": layer.stride, "activation": "relu6" if layer.relu6 else "linear"}
        if layer.weight is not None:
            entry |= {"weight": place(layer.weight.transpose(LAYOUTS[layer.kind])), "bias": place(layer.bias)}
        described.append(entry)
    (folder / "tfjs.json").write_text(json.dumps(described))
    np.concatenate(arrays).tofile(folder / "tfjs.bin")
