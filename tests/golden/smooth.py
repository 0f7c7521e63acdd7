"""SmoothGrad (Smilkov et al. 2017) with the noise that crates/core/src/random.rs specifies, by plain
loops."""

import math

import torch

from attributions import Explained

STEP = 0x9E3779B97F4A7C15
WORD = 2**64
LN_2 = 0.6931471805599453


class Noise:
    """A stream of normal numbers: SplitMix64 and Marsaglia's polar method."""

    def __init__(self, seed, stream):
        self.state = (seed + stream * STEP) % WORD
        self.state = self.draw()

    def draw(self):
        self.state = (self.state + STEP) % WORD
        z = self.state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % WORD
        z = (z ^ z >> 27) * 0x94D049BB133111EB % WORD
        return z ^ z >> 31

    def side(self):
        return 2.0 * ((self.draw() >> 11) / 2.0**53) - 1.0

    def pair(self):
        while True:
            u, v = self.side(), self.side()
            s = u * u + v * v
            if 0 < s < 1:
                factor = math.sqrt(-2.0 * logarithm(s) / s)
                return u * factor, v * factor

    def numbers(self, count):
        pairs = (self.pair() for _ in range((count + 1) // 2))
        return [number for pair in pairs for number in pair][:count]


def logarithm(s):
    m, e = math.frexp(s)
    t = (m - 1) / (m + 1)
    p = 0.0
    for k in range(39, 0, -2):
        p = t * t * p + 1 / k
    return e * LN_2 + 2 * t * p


def smooth_grad(nodes, weights, x, target, samples, sigma, seed):
    """The mean gradient of a logit over noisy copies of `x` (1x3xHxW), 3xHxW. Copies are rounded to float32,
    as an input is."""
    deviation = sigma * float(x.max() - x.min())
    total = torch.zeros_like(x[0])
    for sample in range(samples):
        noise = torch.tensor(Noise(seed, sample).numbers(x.numel()), dtype=torch.float64).reshape(x.shape)
        copy = (x.double() + deviation * noise).float().to(x.dtype)
        total += Explained(nodes, weights, copy).input_gradient(target, "exact")
    return total / samples
