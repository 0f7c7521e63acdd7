"""Softmax regression by plain gradient descent in f64, with an explicit gradient: the oracle of
`candling-head`.

    python head.py            writes head.json
    python head.py --check    computes it in memory and compares, exit code 1 on a difference
"""

import json
import sys
from pathlib import Path

import numpy as np

FILE = Path(__file__).resolve().parent / "head.json"

CLASSES, PER_CLASS, WIDTH = 3, 8, 16
# The defaults of `candling_head::Settings`.
STEPS, RATE, DECAY = 400, 2.0, 1e-3


def examples():
    """Overlapping clouds of features, photo by photo; in f32, so that every reader has the same values."""
    rng = np.random.default_rng(7)
    labels = np.arange(CLASSES * PER_CLASS) % CLASSES
    centres = rng.normal(size=(CLASSES, WIDTH))
    features = 2.0 + 0.7 * centres[labels] + rng.normal(size=(len(labels), WIDTH))
    return np.round(features, 3).astype(np.float32), labels


def train(features, labels):
    """Minimises mean cross-entropy plus DECAY / 2 times the squared weights, on features that were centred
    and divided by the root of their mean square norm. Returns weights and biases for the original
    features."""
    features = features.astype(np.float64)
    mean = features.mean(axis=0)
    centred = features - mean
    scale = 1.0 / np.sqrt((centred**2).sum(axis=1).mean())
    x, y = centred * scale, np.eye(CLASSES)[labels]
    weight, bias = np.zeros((CLASSES, WIDTH)), np.zeros(CLASSES)
    for _ in range(STEPS):
        logits = x @ weight.T + bias
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        error = (odds / odds.sum(axis=1, keepdims=True) - y) / len(x)
        weight, bias = weight - RATE * (error.T @ x + DECAY * weight), bias - RATE * error.sum(axis=0)
    weight = weight * scale
    return weight, bias - weight @ mean


def main():
    features, labels = examples()
    weight, bias = train(features, labels)
    numbers = lambda values: [float(f"{value:.9g}") for value in np.ravel(values)]
    golden = {
        "classes": CLASSES,
        "width": WIDTH,
        "features": numbers(features),
        "labels": labels.tolist(),
        "weight": numbers(weight),
        "bias": numbers(bias),
    }
    if "--check" not in sys.argv[1:]:
        FILE.write_text(json.dumps(golden) + "\n")
        return
    committed = json.loads(FILE.read_text())
    same = committed.keys() == golden.keys() and all(np.allclose(committed[key], golden[key], rtol=1e-7, atol=1e-9) for key in golden)
    if not same:
        sys.exit(f"error: {FILE.name} is not what it should be; run head.py without --check")


main()
