"""The attribution methods, from the activations `A` and gradients `g` of one layer (both K x h x w) or from
pixels."""

import torch
import torch.nn.functional as F

from network import forward

# pytorch-grad-cam's guards against division by zero.
GRAD_CAM_PP_EPS = 1e-6
XGRAD_CAM_EPS = 1e-7


def grad_cam(A, g):
    """Selvaraju et al. (2017), before its ReLU."""
    return (g.mean((1, 2))[:, None, None] * A).sum(0)


def hires_cam(A, g):
    """Draelos and Carin (2020), before its ReLU."""
    return (g * A).sum(0)


def layer_cam(A, g):
    """Jiang et al. (2021), before its outer ReLU."""
    return (F.relu(g) * A).sum(0)


def grad_cam_pp(A, g):
    """Chattopadhay et al. (2018) in pytorch-grad-cam's form, before its ReLU."""
    alpha = g**2 / (2 * g**2 + A.sum((1, 2))[:, None, None] * g**3 + GRAD_CAM_PP_EPS)
    alpha = torch.where(g != 0, alpha, 0)
    return ((F.relu(g) * alpha).sum((1, 2))[:, None, None] * A).sum(0)


def xgrad_cam(A, g):
    """Fu et al. (2020) in pytorch-grad-cam's form, before its ReLU."""
    return (((g * A).sum((1, 2)) / (A.sum((1, 2)) + XGRAD_CAM_EPS))[:, None, None] * A).sum(0)


CAM_METHODS = {
    "grad-cam.signed": grad_cam,
    "hires-cam.signed": hires_cam,
    "layer-cam": layer_cam,
    "grad-cam-pp.signed": grad_cam_pp,
    "xgrad-cam.signed": xgrad_cam,
}


def upsample(cam, size):
    """ReLU, then bilinear interpolation with half-pixel centres."""
    return F.interpolate(F.relu(cam)[None, None], size=(size, size), mode="bilinear", align_corners=False)[0, 0]


class Explained:
    """One forward pass over one input tensor (1x3xHxW) and the backward passes from its logits."""

    def __init__(self, nodes, weights, x):
        self.nodes, self.weights = nodes, weights
        self.x = x.detach().requires_grad_()
        self.values = forward(nodes, weights, self.x)

    def logits(self):
        return self.values["classifier"][0]

    def activations(self, layer):
        return self.values[layer][0]

    def layer_gradients(self, score, layers):
        """d score / d activations of each layer."""
        gradients = torch.autograd.grad(score, [self.values[layer] for layer in layers], retain_graph=True)
        return {layer: g[0] for layer, g in zip(layers, gradients, strict=True)}

    def input_gradient(self, target, rule):
        """d logit / d input under the given ReLU rule, 3xHxW."""
        values = self.values if rule == "exact" else forward(self.nodes, self.weights, self.x, rule)
        return torch.autograd.grad(values["classifier"][0, target], self.x, retain_graph=True)[0][0]
