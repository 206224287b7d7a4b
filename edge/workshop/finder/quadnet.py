"""The finder as torch module, all our own: a small convolutional eye that looks near and far, and one answer a cell.

Features of 8, 16 and 32 px cells are brought together at 8 px (Lin et al. 2017, "Feature pyramid networks"): the far
ones know what is a vehicle, the near ones where a plate ends. Imported through `network.build` alone, for importing it
imports torch.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from edge.inference.finder import PLANES

WIDTHS = (16, 32, 64, 96, 128)
"""Channels at 2, 4, 8, 16 and 32 px."""
JOINED = 64
REACH_PX = 16.0
"""What one unit of the corners' answer is: near the middle size of a plate, so that all of them are easily said."""
RARE = -4.0
"""The probability's first answer, before its sigmoid: hardly any cell holds a plate (Lin et al. 2017, focal loss)."""


def _conv(inner: int, outer: int, stride: int = 1, size: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inner, outer, size, stride, size // 2, bias=False), nn.BatchNorm2d(outer), nn.ReLU(inplace=True)
    )


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _conv(width, width)
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Any) -> Any:
        return torch.relu(x + self.second(self.first(x)))


class QuadNet(nn.Module):
    """[B,1,H,W] float32 in 0..1 to [B,9,H/8,W/8]: a plate's score before the sigmoid, then its corners.

    Corners are x y of top left, top right, bottom right, bottom left, from the cell's middle, in pixels of the input.
    Height and width must be multiples of 32.
    """

    def __init__(self) -> None:
        super().__init__()
        two, four, eight, sixteen, far = WIDTHS
        self.near = nn.Sequential(
            _conv(1, two, 2), _conv(two, four, 2), _conv(four, four), _conv(four, eight, 2), _Residual(eight)
        )
        self.middle = nn.Sequential(_conv(eight, sixteen, 2), _Residual(sixteen), _Residual(sixteen))
        self.far = nn.Sequential(_conv(sixteen, far, 2), _Residual(far))
        self.from_near, self.from_middle = _conv(eight, JOINED, size=1), _conv(sixteen, JOINED, size=1)
        self.from_far = _conv(far, JOINED, size=1)
        self.join = _conv(JOINED, JOINED)
        self.head = nn.Sequential(_conv(JOINED, JOINED), _conv(JOINED, JOINED))
        self.score = nn.Conv2d(JOINED, 1, 1)
        self.corners = nn.Conv2d(JOINED, PLANES - 1, 1)
        nn.init.constant_(self.score.bias, RARE)

    def forward(self, images: Any) -> Any:
        centred = images - images.mean(dim=(2, 3), keepdim=True)
        even = centred / ((centred * centred).mean(dim=(2, 3), keepdim=True) + 1e-4).sqrt()
        near = self.near(even)
        middle = self.middle(near)
        seen = nn.functional.interpolate(self.from_far(self.far(middle)), scale_factor=2.0, mode="nearest")
        seen = self.join(seen + self.from_middle(middle))
        seen = nn.functional.interpolate(seen, scale_factor=2.0, mode="nearest") + self.from_near(near)
        seen = self.head(seen)
        return torch.cat([self.score(seen), self.corners(seen) * REACH_PX], dim=1)


class Finder(nn.Module):
    """What is exported: the score becomes a probability."""

    def __init__(self, net: QuadNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, images: Any) -> Any:
        answer = self.net(images)
        return torch.cat([torch.sigmoid(answer[:, :1]), answer[:, 1:]], dim=1)
