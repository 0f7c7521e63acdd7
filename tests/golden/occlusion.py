"""Occlusion maps (Zeiler and Fergus 2013, figure 7) by plain loops: cover, run, subtract."""

import torch

from network import forward


def fall_of_logits(nodes, weights, x, patch, stride, baseline=0.0):
    """How far each logit falls at each position of the patch: logits(x) - logits(x with the patch), rows x
    columns x K."""

    def logits(x):
        with torch.no_grad():
            return forward(nodes, weights, x)["classifier"][0]

    whole = logits(x)
    fall = []
    for top in range(0, x.shape[2] - patch + 1, stride):
        fall.append([])
        for left in range(0, x.shape[3] - patch + 1, stride):
            covered = x.clone()
            covered[:, :, top : top + patch, left : left + patch] = baseline
            fall[-1].append(whole - logits(covered))
    return torch.stack([torch.stack(row) for row in fall])
