"""The backward rules of ReLU and ReLU6.

Guided: Springenberg et al., "Striving for Simplicity: The All Convolutional Net" (2015).
Deconv: Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks" (2014).
Both were stated for ReLU; for ReLU6 the forward mask of the guided rule also drops the saturated side.
"""

import torch
import torch.nn.functional as F

UPPER = {"relu": float("inf"), "relu6": 6.0}
RULES = ("exact", "guided", "deconv")


class _ModifiedRelu(torch.autograd.Function):
    """y = min(max(x, 0), upper), with a backward pass that is not its derivative."""

    @staticmethod
    def forward(ctx, x, upper, rule):
        ctx.save_for_backward(x)
        ctx.upper, ctx.rule = upper, rule
        return x.clamp(0, upper)

    @staticmethod
    def backward(ctx, dy):
        (x,) = ctx.saved_tensors
        dx = dy.clamp(min=0)
        if ctx.rule == "guided":
            dx = dx * ((x > 0) & (x < ctx.upper))
        return dx, None, None


def activate(x, activation, rule):
    """Applies `activation` ("none", "relu" or "relu6"); `rule` decides its backward pass.

    The exact rule is PyTorch's own: its gradient at 0 and at 6 is 0.
    """
    if activation == "none":
        return x
    if rule == "exact":
        return {"relu": F.relu, "relu6": F.relu6}[activation](x)
    return _ModifiedRelu.apply(x, UPPER[activation], rule)
