"""The operations of ops.json, in float64 PyTorch: output and input gradients of one case."""

import torch
import torch.nn.functional as F

from rules import activate


def _conv2d(p, t, x):
    top, bottom, left, right = p["padding_tblr"]
    padded = F.pad(x, (left, right, top, bottom))
    return F.conv2d(padded, t["w"], t.get("b"), p["stride"], 0, p["dilation"], p["groups"])


def _batchnorm(p, t, x):
    return F.batch_norm(x, t["mean"], t["var"], t["gamma"], t["beta"], training=False, eps=p["eps"])


def _max_pool(p, t, x):
    return F.max_pool2d(x, p["kernel"], p["stride"], p["padding"], ceil_mode=p["ceil_mode"])


def _avg_pool(p, t, x):
    return F.avg_pool2d(x, p["kernel"], p["stride"], p["padding"], p["ceil_mode"], p["count_include_pad"])


def _pad(p, t, x):
    top, bottom, left, right = p["padding_tblr"]
    return F.pad(x, (left, right, top, bottom))


def _resize(p, t, x):
    corners = {"align_corners": p["align_corners"]} if p["mode"] == "bilinear" else {}
    return F.interpolate(x, size=tuple(p["y"][2:]), mode=p["mode"], **corners)


def _channel_shuffle(p, t, x):
    n, c, h, w = x.shape
    return x.reshape(n, p["groups"], c // p["groups"], h, w).transpose(1, 2).reshape(n, c, h, w)


# Functions of the case's parameters, its constant tensors (weights and the like) and its inputs.
OPS = {
    "conv2d": _conv2d,
    "linear": lambda p, t, x: F.linear(x, t["w"], t["b"]),
    "batchnorm": _batchnorm,
    "layernorm": lambda p, t, x: F.layer_norm(x, x.shape[-1:], t["gamma"], t["beta"], p["eps"]),
    "relu": lambda p, t, x: activate(x, "relu", "exact"),
    "relu6": lambda p, t, x: activate(x, "relu6", "exact"),
    "relu_guided": lambda p, t, x: activate(x, "relu", "guided"),
    "relu_deconv": lambda p, t, x: activate(x, "relu", "deconv"),
    "relu6_guided": lambda p, t, x: activate(x, "relu6", "guided"),
    "relu6_deconv": lambda p, t, x: activate(x, "relu6", "deconv"),
    # Number bounds: with tensor bounds PyTorch splits the gradient at a tie.
    "clip_0_6": lambda p, t, x: torch.clamp(x, 0, 6),
    "leaky_relu_0p01": lambda p, t, x: F.leaky_relu(x, 0.01),
    "elu": lambda p, t, x: F.elu(x),
    "softplus": lambda p, t, x: F.softplus(x),
    "sigmoid": lambda p, t, x: torch.sigmoid(x),
    "hardsigmoid": lambda p, t, x: F.hardsigmoid(x),
    "tanh": lambda p, t, x: torch.tanh(x),
    "silu": lambda p, t, x: F.silu(x),
    "hardswish": lambda p, t, x: F.hardswish(x),
    "mish": lambda p, t, x: F.mish(x),
    "gelu": lambda p, t, x: F.gelu(x),
    "gelu_tanh": lambda p, t, x: F.gelu(x, approximate="tanh"),
    # The case's inputs reach 100: clipped, the results stay finite in float32.
    "exp": lambda p, t, x: torch.exp(torch.clamp(x, max=20)),
    "softmax": lambda p, t, x: F.softmax(x, p["axis"]),
    "log_softmax": lambda p, t, x: F.log_softmax(x, p["axis"]),
    "maxpool2d": _max_pool,
    "avgpool2d": _avg_pool,
    "adaptive_avg_pool2d": lambda p, t, x: F.adaptive_avg_pool2d(x, p["output"]),
    "global_avg_pool": lambda p, t, x: x.mean((2, 3)),
    "global_max_pool": lambda p, t, x: F.adaptive_max_pool2d(x, 1),
    # A case with a single input adds it to itself.
    "add": lambda p, t, *x: x[0] + x[-1],
    "sub": lambda p, t, a, b: a - b,
    "mul": lambda p, t, a, b: a * b,
    "div": lambda p, t, a, b: a / b,
    "concat": lambda p, t, *x: torch.cat(x, p["axis"]),
    "flatten": lambda p, t, x: x.flatten(1),
    "pad": _pad,
    "slice": lambda p, t, x: x.narrow(p["axis"], p["start"], p["end"] - p["start"]),
    "transpose": lambda p, t, x: x.permute(p["perm"]),
    "channel_shuffle": _channel_shuffle,
    "resize": _resize,
}


def recompute(params, tensors):
    """A case's tensors by short name ("x", "w", "gy", ...); `y`, `gx`, `gx2`, ... are computed from the
    others."""
    given = {k: v.double() for k, v in tensors.items() if k != "y" and not k.startswith("gx")}
    suffixes = ["", "2", "3"][: len(params["x"])]
    inputs = [given[f"x{s}"].requires_grad_() for s in suffixes]
    y = OPS[params["op"]](params, given, *inputs)
    gradients = torch.autograd.grad(y, inputs, given["gy"])
    results = {"y": y, **{f"gx{s}": g for s, g in zip(suffixes, gradients, strict=True)}}
    return {k: v.detach().float().contiguous() for k, v in {**given, **results}.items()}
