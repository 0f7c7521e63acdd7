"""Milliseconds of PyTorch's eager forward of EfficientNet-Lite0, batch norm folded, one thread, as a JSON list.

Usage: pytorch.py ROUNDS      (in the environment of tests/golden/requirements.txt)
"""
import json
import pathlib
import sys
import time

import torch

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "golden"))
import network  # noqa: E402

WARM_UP = 8

torch.set_num_threads(1)
graph = network.graph()
nodes = graph["nodes"]
shapes = {"input": graph["meta"]["input_shape"]}
generator = torch.Generator().manual_seed(0)
weights = {}
for node in nodes:
    shapes[node["name"]] = node["out_shape"]
    if "weight" in node:
        channels, inputs = node["out_shape"][1], shapes[node["inputs"][0]][1]
        kernel = [inputs // node["groups"], *node["kernel"]] if node["op"] == "conv2d" else [inputs]
        weights[node["weight"]] = torch.randn(channels, *kernel, generator=generator) / 10
        weights[node["bias"]] = torch.randn(channels, generator=generator) / 10

x = torch.randn(graph["meta"]["input_shape"], generator=generator)
times = []
with torch.inference_mode():
    for round_ in range(-WARM_UP, int(sys.argv[1])):
        started = time.perf_counter()
        network.forward(nodes, weights, x)
        if round_ >= 0:
            times.append(1e3 * (time.perf_counter() - started))
print(json.dumps(times))
