"""The recogniser as torch module, all our own: a small convolutional eye, and slots that look for one character each.

The picture becomes 8x20 cells. Twelve learned slots, one for each character in reading order, look at the cells with
two layers of attention (Vaswani et al. 2017, "Attention is all you need"; learned queries as in Carion et al. 2020,
"End-to-end object detection with transformers") and name their character or the end. A second head names the region.
Imported through `network.build` alone, for importing it imports torch.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from edge.inference.slots import END, SLOTS
from edge.workshop.plates.layouts import REGIONS
from edge.workshop.plates.network import CELLS_WH

WIDTHS = (24, 48, 96)
DEPTH = 128
HEADS = 4


def _conv(inner: int, outer: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inner, outer, 3, stride, 1, bias=False), nn.BatchNorm2d(outer), nn.ReLU(inplace=True)
    )


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _conv(width, width, 1)
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Any) -> Any:
        return torch.relu(x + self.second(self.first(x)))


class _Attention(nn.Module):
    """Scaled dot-product attention in plain products, so that every runtime takes it; gives its mean weights too."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(DEPTH, DEPTH) for _ in range(4))

    def forward(self, slots: Any, cells: Any) -> tuple[Any, Any]:
        query, key, value = (
            part.reshape(part.shape[0], part.shape[1], HEADS, DEPTH // HEADS).transpose(1, 2)
            for part in (self.query(slots), self.key(cells), self.value(cells))
        )
        weights = torch.softmax(query @ key.transpose(2, 3) * (DEPTH // HEADS) ** -0.5, dim=-1)
        seen = (weights @ value).transpose(1, 2).reshape(slots.shape)
        return self.out(seen), weights.mean(dim=1)


class _Layer(nn.Module):
    """Slots look at each other, then at the cells where there are any, then think."""

    def __init__(self, *, looks: bool) -> None:
        super().__init__()
        self.among, self.norm_among = _Attention(), nn.LayerNorm(DEPTH)
        if looks:
            self.look, self.norm_look = _Attention(), nn.LayerNorm(DEPTH)
        self.norm_think = nn.LayerNorm(DEPTH)
        self.think = nn.Sequential(nn.Linear(DEPTH, 2 * DEPTH), nn.ReLU(), nn.Linear(2 * DEPTH, DEPTH))

    def forward(self, x: Any, cells: Any = None) -> tuple[Any, Any]:
        normed = self.norm_among(x)
        x = x + self.among(normed, normed)[0]
        weights = None
        if cells is not None:
            seen, weights = self.look(self.norm_look(x), cells)
            x = x + seen
        return x + self.think(self.norm_think(x)), weights


class SlotNet(nn.Module):
    """[B,1,64,160] float32 in 0..1 to the scores [B,12,37] of characters, [B,R] of regions, and where each slot looked.

    The last is a tuple of [B,12,160], one for each layer: what the loss holds against the known places.
    """

    def __init__(self) -> None:
        super().__init__()
        one, two, three = WIDTHS
        self.eye = nn.Sequential(
            _conv(1, one, 2),
            _conv(one, two, 2),
            _Residual(two),
            _conv(two, three, 2),
            _Residual(three),
            _Residual(three),
            nn.Conv2d(three, DEPTH, 1),
        )
        self.place = nn.Parameter(torch.randn(1, CELLS_WH[0] * CELLS_WH[1], DEPTH) * 0.1)
        self.context = _Layer(looks=False)
        self.norm_cells = nn.LayerNorm(DEPTH)
        self.slots = nn.Parameter(torch.randn(1, SLOTS, DEPTH) * 0.1)
        self.layers = nn.ModuleList(_Layer(looks=True) for _ in range(2))
        self.norm_slots = nn.LayerNorm(DEPTH)
        self.character = nn.Linear(DEPTH, END + 1)
        self.region = nn.Linear(DEPTH, len(REGIONS))

    def forward(self, images: Any) -> tuple[Any, Any, tuple[Any, ...]]:
        centred = images - images.mean(dim=(2, 3), keepdim=True)
        even = centred / ((centred * centred).mean(dim=(2, 3), keepdim=True) + 1e-4).sqrt()
        cells = self.eye(even).flatten(2).transpose(1, 2) + self.place
        cells = self.norm_cells(self.context(cells)[0])
        slots = self.slots.expand(images.shape[0], -1, -1)
        looked = []
        for layer in self.layers:
            slots, weights = layer(slots, cells)
            looked.append(weights)
        slots = self.norm_slots(slots)
        return self.character(slots), self.region(cells.mean(dim=1)), tuple(looked)


class Reader(nn.Module):
    """What is exported: probabilities, the characters' made honest by a temperature."""

    def __init__(self, net: SlotNet, temperature: float) -> None:
        super().__init__()
        self.net, self.temperature = net, temperature

    def forward(self, images: Any) -> tuple[Any, Any]:
        characters, region, _ = self.net(images)
        return torch.softmax(characters / self.temperature, dim=-1), torch.softmax(region, dim=-1)
