"""Lite0 as ONNX graphs. onnxruntime-web has no autograd, so whoever wants a gradient there has to write the
backward pass into the graph by hand; this is that graph, as an expert would write it."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from lite0 import CLASSES, SIZE, TARGET_LAYER

OPSET = 13
IR_VERSION = 8


class _Graph:
    def __init__(self):
        self.nodes, self.constants, self.names = [], {}, 0
        self.constant("zero", np.float32(0))
        self.constant("six", np.float32(6))

    def constant(self, name, array):
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def node(self, op, inputs, output=None, **attributes):
        if output is None:
            self.names += 1
            output = f"gradient.{self.names}"
        self.nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    def save(self, path, inputs, outputs):
        graph = helper.make_graph(self.nodes, path.stem, _info(inputs), _info(outputs), list(self.constants.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = IR_VERSION
        onnx.checker.check_model(model)
        onnx.save(model, path)


def _info(shapes):
    return [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]


def _forward(graph, layers):
    for layer in layers:
        name = layer.name
        if layer.weight is not None:
            weight, bias = graph.constant(f"{name}.weight", layer.weight), graph.constant(f"{name}.bias", layer.bias)
        if layer.kind in ("conv", "depthwise"):
            linear = f"{name}.linear" if layer.relu6 else name
            graph.node("Conv", [layer.inputs[0], weight, bias], linear, **_window(layer), group=_groups(layer))
            if layer.relu6:
                graph.node("Clip", [linear, "zero", "six"], name)
        elif layer.kind == "add":
            graph.node("Add", layer.inputs, name)
        elif layer.kind == "pool":
            graph.node("GlobalAveragePool", layer.inputs, f"{name}.map")
            graph.node("Flatten", [f"{name}.map"], name, axis=1)
        else:
            graph.node("Gemm", [layer.inputs[0], weight, bias], "logits", transB=1)


def _window(layer):
    before, after = layer.padding
    return {"kernel_shape": [layer.kernel] * 2, "strides": [layer.stride] * 2, "pads": [before, before, after, after]}


def _groups(layer):
    return layer.channels if layer.kind == "depthwise" else 1


def _guided_backward(graph, layers):
    """From `alpha`, the gradient of the logit at the CAM layer (the same at every position), to the input."""
    gradients = {TARGET_LAYER: "alpha"}

    def accumulate(name, gradient):
        gradients[name] = graph.node("Add", [gradients[name], gradient]) if name in gradients else gradient

    for layer in reversed(layers):
        if layer.name not in gradients:
            continue
        dy = gradients[layer.name]
        if layer.kind == "add":
            for name in layer.inputs:
                accumulate(name, dy)
            continue
        if layer.relu6:
            # the guided rule: positive gradients of the backward pass, where the forward pass was between the
            # kinks
            above, below = graph.node("Greater", [layer.name, "zero"]), graph.node("Less", [layer.name, "six"])
            dy = graph.node("Where", [graph.node("And", [above, below]), graph.node("Relu", [dy]), "zero"])
        accumulate(layer.inputs[0], _conv_vjp(graph, layer, dy))
    graph.node("Identity", [gradients["input"]], "gradient")


def _conv_vjp(graph, layer, dy):
    """Plain convolutions where that is possible: onnxruntime's ConvTranspose is slow."""
    kernel, (before, after) = layer.kernel, layer.padding
    if layer.kind == "conv" and kernel == 1:
        transposed = graph.constant(f"{layer.name}.transposed", layer.weight.transpose(1, 0, 2, 3))
        return graph.node("Conv", [dy, transposed], kernel_shape=[1, 1])
    if layer.kind == "depthwise" and layer.stride == 1:
        flipped = graph.constant(f"{layer.name}.flipped", layer.weight[:, :, ::-1, ::-1])
        pads = [kernel - 1 - before] * 2 + [kernel - 1 - after] * 2
        return graph.node("Conv", [dy, flipped], kernel_shape=[kernel] * 2, pads=pads, group=layer.channels)
    reached = (layer.side - 1) * layer.stride + kernel - before - after
    rest = layer.input_side - reached
    return graph.node(
        "ConvTranspose", [dy, f"{layer.name}.weight"], **_window(layer), output_padding=[rest, rest], group=_groups(layer)
    )


def write(layers, folder):
    """`lite0.onnx`, `lite0-grad-cam.onnx` (also gives the CAM layer) and `lite0-guided-backprop.onnx` (also
    gives the gradient)."""
    channels, side = next((layer.channels, layer.side) for layer in layers if layer.name == TARGET_LAYER)
    image, logits = [1, 3, SIZE, SIZE], [1, CLASSES]

    graph = _Graph()
    _forward(graph, layers)
    graph.save(folder / "lite0.onnx", {"input": image}, {"logits": logits})
    with_layer = {"logits": logits, TARGET_LAYER: [1, channels, side, side]}
    graph.save(folder / "lite0-grad-cam.onnx", {"input": image}, with_layer)

    _guided_backward(graph, layers)
    alpha = [1, channels, side, side]
    graph.save(folder / "lite0-guided-backprop.onnx", {"input": image, "alpha": alpha}, {"logits": logits, "gradient": image})
