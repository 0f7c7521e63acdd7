"""What a PyTorch user would run, on the same Lite0 in eager mode and one thread: pytorch-grad-cam and Captum.

Usage: explainers.py FOLDER      the folder that models/make.py wrote
Reads `time NAME COUNT` and `value NAME` from stdin, one a line, and answers each with a line of JSON:
milliseconds of each call, or the numbers that one call gives.
"""

import json
import pathlib
import sys
import time
import warnings

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from captum.attr import GuidedGradCam, LayerGradCam
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "models"))
import lite0  # noqa: E402

# Captum warns at every call that it sets hooks and asks for gradients.
warnings.filterwarnings("ignore", module="captum")


class ReLU6(nn.ReLU):
    """Captum guides `nn.ReLU` and its subclasses; PyTorch's own ReLU6 is none and would be passed over in
    silence."""

    def forward(self, x):
        return F.relu6(x)


class Convolution(nn.Module):
    """Batch normalisation is folded in, as in every engine here."""

    def __init__(self, layer):
        super().__init__()
        before, after = layer.padding
        self.asymmetric = (before, after, before, after) if before != after else None
        groups = layer.channels if layer.kind == "depthwise" else 1
        inputs = layer.weight.shape[1] * groups
        self.linear = nn.Conv2d(
            inputs, layer.channels, layer.kernel, layer.stride, 0 if before != after else before, groups=groups
        )
        load(self.linear, layer)
        self.activation = ReLU6() if layer.relu6 else nn.Identity()

    def forward(self, x):
        return self.activation(self.linear(x if self.asymmetric is None else F.pad(x, self.asymmetric)))


class Lite0(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = layers
        self.parts = nn.ModuleDict()
        for layer in layers:
            if layer.kind in ("conv", "depthwise"):
                self.parts[key(layer.name)] = Convolution(layer)
        self.classifier = nn.Linear(*reversed(layers[-1].weight.shape))
        load(self.classifier, layers[-1])

    def forward(self, x):
        values = {"input": x}
        for layer in self.layers:
            inputs = [values[name] for name in layer.inputs]
            if layer.kind == "add":
                values[layer.name] = inputs[0] + inputs[1]
            elif layer.kind == "pool":
                values[layer.name] = inputs[0].mean((2, 3))
            elif layer.kind == "linear":
                return self.classifier(inputs[0])
            else:
                values[layer.name] = self.parts[key(layer.name)](inputs[0])


def key(name):
    """Modules may not have dots in their names."""
    return name.replace(".", "_")


def load(module, layer):
    with torch.no_grad():
        module.weight.copy_(torch.from_numpy(layer.weight))
        module.bias.copy_(torch.from_numpy(layer.bias))


class Operations:
    """By name, what is timed: from a tensor to an array of numbers."""

    def __init__(self, folder):
        image = np.fromfile(folder / "input.bin", np.float32).reshape(1, 3, lite0.SIZE, lite0.SIZE)
        self.x = torch.from_numpy(image)
        self.model = Lite0(lite0.read()).eval()
        layer = self.model.parts[lite0.TARGET_LAYER]
        self.layer_grad_cam = LayerGradCam(self.model, layer)
        self.guided_grad_cam = GuidedGradCam(self.model, layer)
        # a model of its own: this library's hooks stay on it
        hooked = Lite0(lite0.read()).eval()
        self.grad_cam = GradCAM(hooked, [hooked.parts[lite0.TARGET_LAYER]])

    def forward(self):
        with torch.inference_mode():
            return self.model(self.x)

    def pytorch_grad_cam(self):
        """The finished heatmap: 224x224, 0 to 1."""
        return self.grad_cam(self.x, [ClassifierOutputTarget(lite0.TARGET_CLASS)])

    def captum_layer_grad_cam(self):
        return self.layer_grad_cam.attribute(self.x, lite0.TARGET_CLASS, relu_attributions=True)

    def captum_guided_grad_cam(self):
        return self.guided_grad_cam.attribute(self.x, lite0.TARGET_CLASS, interpolate_mode="bilinear")


def heatmap(raw):
    """What pytorch-grad-cam makes of a raw map (its `scale_cam_image`): stretched, enlarged by OpenCV, and
    stretched again."""
    return stretched(cv2.resize(stretched(raw), (lite0.SIZE, lite0.SIZE)))


def stretched(values):
    """Minimum and maximum to 0 and 1."""
    values = values - values.min()
    return values / (1e-7 + values.max())


def check_heatmap(operations, folder):
    """Its finished heatmap against the golden map after the same finish, since the raw map does not come
    out."""
    tolerance = 1e-3  # of the maximum, as for every engine's Grad-CAM
    golden = np.array(json.loads((folder / "reference.json").read_text())["grad-cam"], np.float32)
    side = int(len(golden) ** 0.5)
    error = np.abs(operations.pytorch_grad_cam()[0] - heatmap(golden.reshape(side, side))).max()
    if not error <= tolerance:
        raise SystemExit(f"error: pytorch-grad-cam's heatmap is off by {error}, allowed is {tolerance}")


def answer(operations, command):
    match command.split():
        case ["time", name, count]:
            milliseconds = []
            for _ in range(int(count)):
                started = time.perf_counter()
                getattr(operations, name)()
                milliseconds.append(1e3 * (time.perf_counter() - started))
            return milliseconds
        case ["value", name]:
            return torch.as_tensor(getattr(operations, name)()).detach().flatten().tolist()
    raise SystemExit(f"error: unknown command {command!r}; known are `time NAME COUNT` and `value NAME`")


if __name__ == "__main__":
    torch.set_num_threads(1)
    folder = pathlib.Path(sys.argv[1])
    operations = Operations(folder)
    check_heatmap(operations, folder)
    for command in sys.stdin:
        print(json.dumps(answer(operations, command)), flush=True)
