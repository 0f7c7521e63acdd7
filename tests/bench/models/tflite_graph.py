"""Lite0 as a TensorFlow Lite file: f32, NHWC, ReLU6 fused into its convolution, as TensorFlow's own converter
leaves it.

Written with the schema's flatbuffers, so that no TensorFlow has to be installed.
"""

import flatbuffers
import numpy as np
import tflite

from lite0 import SIZE, require_same_padding

SCHEMA_VERSION = 3
OPERATORS = {
    "conv": tflite.BuiltinOperator.CONV_2D,
    "depthwise": tflite.BuiltinOperator.DEPTHWISE_CONV_2D,
    "add": tflite.BuiltinOperator.ADD,
    "pool": tflite.BuiltinOperator.MEAN,
    "linear": tflite.BuiltinOperator.FULLY_CONNECTED,
}
KINDS = list(OPERATORS)


class _File:
    def __init__(self):
        self.builder = flatbuffers.Builder(1 << 25)
        # buffer 0 is the empty one of tensors without data
        self.buffers, self.tensors, self.index, self.operators = [b""], [], {}, []

    def tensor(self, name, shape, data=None, kind=tflite.TensorType.FLOAT32):
        if data is not None:
            self.buffers.append(np.ascontiguousarray(data).tobytes())
        self.index[name] = len(self.tensors)
        self.tensors.append((name, shape, 0 if data is None else len(self.buffers) - 1, kind))
        return self.index[name]

    def ints(self, values):
        return self.builder.CreateNumpyVector(np.array(values, np.int32))

    def tables(self, offsets):
        self.builder.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            self.builder.PrependUOffsetTRelative(offset)
        return self.builder.EndVector()

    def write_buffers(self):
        written = []
        for data in self.buffers:
            vector = None
            if data:
                # weights are read in place, so they are aligned as the schema asks (force_align: 16)
                self.builder.StartVector(1, len(data), 16)
                self.builder.head -= len(data)
                self.builder.Bytes[self.builder.head : self.builder.head + len(data)] = data
                vector = self.builder.EndVector()
            tflite.BufferStart(self.builder)
            if vector is not None:
                tflite.BufferAddData(self.builder, vector)
            written.append(tflite.BufferEnd(self.builder))
        return self.tables(written)

    def write_tensors(self):
        written = []
        for name, shape, buffer, kind in self.tensors:
            extents, label = self.ints(shape), self.builder.CreateString(name)
            tflite.TensorStart(self.builder)
            tflite.TensorAddShape(self.builder, extents)
            tflite.TensorAddType(self.builder, kind)
            tflite.TensorAddBuffer(self.builder, buffer)
            tflite.TensorAddName(self.builder, label)
            written.append(tflite.TensorEnd(self.builder))
        return self.tables(written)

    def write_operators(self):
        written = []
        for layer, inputs, output in self.operators:
            inputs, outputs = self.ints(inputs), self.ints([output])
            options, options_type = _options(self.builder, layer)
            tflite.OperatorStart(self.builder)
            tflite.OperatorAddOpcodeIndex(self.builder, KINDS.index(layer.kind))
            tflite.OperatorAddInputs(self.builder, inputs)
            tflite.OperatorAddOutputs(self.builder, outputs)
            tflite.OperatorAddBuiltinOptionsType(self.builder, options_type)
            tflite.OperatorAddBuiltinOptions(self.builder, options)
            written.append(tflite.OperatorEnd(self.builder))
        return self.tables(written)

    def write_operator_codes(self):
        written = []
        for code in OPERATORS.values():
            tflite.OperatorCodeStart(self.builder)
            tflite.OperatorCodeAddDeprecatedBuiltinCode(self.builder, code)
            tflite.OperatorCodeAddBuiltinCode(self.builder, code)
            tflite.OperatorCodeAddVersion(self.builder, 1)
            written.append(tflite.OperatorCodeEnd(self.builder))
        return self.tables(written)

    def finish(self):
        builder = self.builder
        buffers, tensors, operators, codes = (
            self.write_buffers(), self.write_tensors(), self.write_operators(), self.write_operator_codes(),
        )  # fmt: skip
        inputs, outputs = self.ints([self.index["input"]]), self.ints([self.index["classifier"]])
        name = builder.CreateString("main")
        tflite.SubGraphStart(builder)
        tflite.SubGraphAddTensors(builder, tensors)
        tflite.SubGraphAddInputs(builder, inputs)
        tflite.SubGraphAddOutputs(builder, outputs)
        tflite.SubGraphAddOperators(builder, operators)
        tflite.SubGraphAddName(builder, name)
        subgraphs = self.tables([tflite.SubGraphEnd(builder)])
        description = builder.CreateString("EfficientNet-Lite0")
        tflite.ModelStart(builder)
        tflite.ModelAddVersion(builder, SCHEMA_VERSION)
        tflite.ModelAddOperatorCodes(builder, codes)
        tflite.ModelAddSubgraphs(builder, subgraphs)
        tflite.ModelAddDescription(builder, description)
        tflite.ModelAddBuffers(builder, buffers)
        builder.Finish(tflite.ModelEnd(builder), file_identifier=b"TFL3")
        return bytes(builder.Output())


def _options(builder, layer):
    """The operator's options table and its type."""
    fused = tflite.ActivationFunctionType.RELU6 if layer.relu6 else tflite.ActivationFunctionType.NONE
    if layer.kind == "conv":
        tflite.Conv2DOptionsStart(builder)
        tflite.Conv2DOptionsAddPadding(builder, tflite.Padding.SAME)
        tflite.Conv2DOptionsAddStrideW(builder, layer.stride)
        tflite.Conv2DOptionsAddStrideH(builder, layer.stride)
        tflite.Conv2DOptionsAddFusedActivationFunction(builder, fused)
        return tflite.Conv2DOptionsEnd(builder), tflite.BuiltinOptions.Conv2DOptions
    if layer.kind == "depthwise":
        tflite.DepthwiseConv2DOptionsStart(builder)
        tflite.DepthwiseConv2DOptionsAddPadding(builder, tflite.Padding.SAME)
        tflite.DepthwiseConv2DOptionsAddStrideW(builder, layer.stride)
        tflite.DepthwiseConv2DOptionsAddStrideH(builder, layer.stride)
        tflite.DepthwiseConv2DOptionsAddDepthMultiplier(builder, 1)
        tflite.DepthwiseConv2DOptionsAddFusedActivationFunction(builder, fused)
        return tflite.DepthwiseConv2DOptionsEnd(builder), tflite.BuiltinOptions.DepthwiseConv2DOptions
    if layer.kind == "add":
        tflite.AddOptionsStart(builder)
        return tflite.AddOptionsEnd(builder), tflite.BuiltinOptions.AddOptions
    if layer.kind == "pool":
        tflite.ReducerOptionsStart(builder)
        return tflite.ReducerOptionsEnd(builder), tflite.BuiltinOptions.ReducerOptions
    tflite.FullyConnectedOptionsStart(builder)
    return tflite.FullyConnectedOptionsEnd(builder), tflite.BuiltinOptions.FullyConnectedOptions


def write(layers, folder):
    """`lite0.tflite`."""
    file = _File()
    file.tensor("input", [1, SIZE, SIZE, 3])
    for layer in layers:
        inputs = [file.index[name] for name in layer.inputs]
        if layer.kind in ("conv", "depthwise"):
            require_same_padding(layer)
            # OHWI, and 1HWC for depthwise
            weight = layer.weight.transpose((0, 2, 3, 1) if layer.kind == "conv" else (1, 2, 3, 0))
        elif layer.kind == "linear":
            weight = layer.weight
        if layer.weight is not None:
            inputs.append(file.tensor(f"{layer.name}.weight", weight.shape, weight))
            inputs.append(file.tensor(f"{layer.name}.bias", layer.bias.shape, layer.bias))
        if layer.kind == "pool":
            rows_and_columns = np.array([1, 2], np.int32)
            inputs.append(file.tensor("axes", [2], rows_and_columns, tflite.TensorType.INT32))
        flat = layer.kind in ("pool", "linear")
        shape = [1, layer.channels] if flat else [1, layer.side, layer.side, layer.channels]
        file.operators.append((layer, inputs, file.tensor(layer.name, shape)))
    (folder / "lite0.tflite").write_bytes(file.finish())
