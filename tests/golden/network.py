"""EfficientNet-Lite0 as a list of nodes, its folded weights, and a forward pass over them.

Architecture: Tan and Le, "EfficientNet" (2019), in the Lite variant of the TensorFlow TPU repository: no
squeeze-and-excitation, ReLU6 instead of swish.
"""

import torch
import torch.nn.functional as F

from rules import activate

RESOLUTION = 224
CLASSES = 1000
STEM_CHANNELS = 32
HEAD_CHANNELS = 1280
# The checkpoint was trained in TensorFlow with this epsilon; PyTorch's default of 1e-5 costs accuracy.
BN_EPS = 1e-3
# One row per stage: (blocks, kernel, stride of its first block, expansion, output channels).
STAGES = [
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
]


def same_padding(size, kernel, stride):
    """TensorFlow's SAME padding of one axis as (before, after); an odd total puts the extra pixel after."""
    out = -(-size // stride)
    total = max((out - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


class _Builder:
    """Appends nodes and keeps track of the shape of the last one."""

    def __init__(self):
        self.nodes, self.last = [], "input"
        self.channels, self.size = 3, RESOLUTION

    def conv(self, name, channels, kernel=1, stride=1, groups=1, activation="relu6"):
        before, after = same_padding(self.size, kernel, stride)
        self.channels, self.size = channels, -(-self.size // stride)
        self._append(
            name=name, op="conv2d", inputs=[self.last], weight=f"{name}.weight", bias=f"{name}.bias",
            kernel=[kernel, kernel], stride=[stride, stride], padding=[before, after, before, after],
            dilation=[1, 1], groups=groups, activation=activation, out_shape=[1, channels, self.size, self.size],
        )  # fmt: skip

    def add(self, name, shortcut):
        shape = [1, self.channels, self.size, self.size]
        self._append(name=name, op="add", inputs=[self.last, shortcut], activation="none", out_shape=shape)

    def _append(self, **node):
        self.nodes.append(node)
        self.last = node["name"]


def graph():
    """The network as JSON-ready data; padding is [top, bottom, left, right]."""
    b = _Builder()
    b.conv("stem", STEM_CHANNELS, kernel=3, stride=2)
    index = 0
    for blocks, kernel, first_stride, expansion, channels in STAGES:
        for i in range(blocks):
            name, shortcut, entering = f"blocks.{index}", b.last, b.channels
            stride = first_stride if i == 0 else 1
            if expansion != 1:
                b.conv(f"{name}.expand", entering * expansion)
            b.conv(f"{name}.depthwise", b.channels, kernel, stride, groups=b.channels)
            b.conv(f"{name}.project", channels, activation="none")
            if stride == 1 and entering == channels:
                b.add(f"{name}.add", shortcut)
            index += 1
    b.conv("head", HEAD_CHANNELS)
    b._append(name="pool", op="global_avg_pool", inputs=["head"], activation="none", out_shape=[1, HEAD_CHANNELS])
    b._append(
        name="classifier", op="linear", inputs=["pool"], weight="classifier.weight", bias="classifier.bias",
        activation="none", out_shape=[1, CLASSES],
    )  # fmt: skip
    meta = {
        "variant": "lite0", "resolution": RESOLUTION, "bn_eps": BN_EPS,
        "input": "input", "input_shape": [1, 3, RESOLUTION, RESOLUTION], "output": "classifier",
    }  # fmt: skip
    return {"meta": meta, "nodes": b.nodes}


def _checkpoint_names(node):
    """The names under which the checkpoint keeps a layer's convolution and its batch normalisation."""
    if node == "stem":
        return "_conv_stem", "_bn0"
    if node == "head":
        return "_conv_head", "_bn1"
    block, part = node.rsplit(".", 1)
    norm = {"expand": "_bn0", "depthwise": "_bn1", "project": "_bn2"}[part]
    return f"_{block}._{part}_conv", f"_{block}.{norm}"


def load_weights(checkpoint, nodes):
    """Weights by node parameter name, float64: batch norm folded in float64, then rounded to float16 as
    shipped."""
    state = {k: v.double() for k, v in torch.load(checkpoint, map_location="cpu", weights_only=True).items()}
    weights = {}
    for node in nodes:
        if node["op"] == "linear":
            weight, bias = state["_fc.weight"], state["_fc.bias"]
        elif node["op"] == "conv2d":
            conv, bn = _checkpoint_names(node["name"])
            scale = state[f"{bn}.weight"] / torch.sqrt(state[f"{bn}.running_var"] + BN_EPS)
            weight = state[f"{conv}.weight"] * scale[:, None, None, None]
            bias = state[f"{bn}.bias"] - state[f"{bn}.running_mean"] * scale
        else:
            continue
        weights[node["weight"]] = weight.half().double()
        weights[node["bias"]] = bias.half().double()
    return weights


def forward(nodes, weights, x, rule="exact"):
    """Every node's output by name, for an input of shape 1x3xHxW; runs in the type of `x`."""
    values = {"input": x}
    for node in nodes:
        inputs = [values[name] for name in node["inputs"]]
        if "weight" in node:
            w, b = weights[node["weight"]].to(x.dtype), weights[node["bias"]].to(x.dtype)
        if node["op"] == "conv2d":
            top, bottom, left, right = node["padding"]
            padded = F.pad(inputs[0], (left, right, top, bottom))
            y = F.conv2d(padded, w, b, node["stride"], 0, node["dilation"], node["groups"])
        elif node["op"] == "add":
            y = inputs[0] + inputs[1]
        elif node["op"] == "global_avg_pool":
            y = inputs[0].mean((2, 3))
        elif node["op"] == "linear":
            y = F.linear(inputs[0], w, b)
        values[node["name"]] = activate(y, node["activation"], rule)
    return values
