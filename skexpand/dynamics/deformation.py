r"""Deformations: transitions between images, in one linear space.

.. math:: f_j \approx e^{g}\,(f_i \circ (\mathrm{id} + u_\theta)) + o, \qquad u_\theta = \sum_k \theta_k\, b_k

Two images of a class differ mainly in the position of their content. The step along an edge
:math:`i \to j` is therefore a smooth flow: an affine map plus a displacement given by a coarse grid of control points.
Composing images with a flow *is* the Koopman operator of that flow. The images are far from a linear space, but
the generators :math:`(\theta, g, o)` form one (g and o, the logarithm of the gain and the offset of each channel,
describe a change of light). The law recombines generators: a new flow is :math:`\sum_e w_e (\theta, g, o)_e` with
:math:`\lVert w \rVert_2 = 1`, and it is applied to an anchor.

**No folding.** A sum of flows may fold the plane over, though none of its terms does. On a cell of the pixel lattice
the flow is bilinear, its Jacobian determinant is affine, and so it is positive if it is positive at the four corners.
At a corner, the flow :math:`\mathrm{id} + t u` has the determinant
:math:`1 + t \operatorname{div} u + t^2 \det \nabla u`, a parabola in t, whose first root is the largest valid
t. Flows that exceed it are scaled down.

**No blur.** Between pixels an image has to be interpolated. Halfway, a straight line leaves a wave of four pixels 0.71
of its height, a cubic 0.97. New images that are softer than real ones mislead networks, so they are made with bicubic
interpolation. Flows are fitted to images that are blurred anyway, where bilinear interpolation is enough and faster.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import torch
from torch import Tensor
from torch.nn import functional as F

from skexpand.codec.image import ImageShape

N_AFFINE = 6
GRID = 5  # control points along each side
MIN_AREA = 0.1  # least share of its area that a piece of the image may shrink to

_MAX_LOG_GAIN = 16.0  # far brighter than any image, and finite whatever the spread

# penalty on a unit of each generator, added to the unexplained share of the target
_PENALTIES = {"affine": 0.18, "grid": 0.72, "gain": 0.2, "offset": 2.0}


@dataclass(frozen=True)
class FlowSpace:
    """The linear space of generators for images of one shape.

    A generator is a vector ``[affine (6) | grid (2 x 25) | log gain (c) | offset (c, or none)]``.

    Attributes
    ----------
    shape : tuple
        Channels, height and width.
    fields : Tensor of shape (n_flow, h * w * 2)
        The displacement of each pixel by a unit of each flow generator; an image reaches from -1 to 1.
    padding : {"zeros", "border"}
        What lies outside: the background (0), and then there is no offset, or more of the border.
    """

    shape: ImageShape
    fields: Tensor
    padding: str

    @classmethod
    def of(cls, shape: ImageShape, padding: str, device: str = "cpu") -> FlowSpace:
        """Build the basis for images of a shape."""
        return cls(shape, torch.cat([_affine_fields(shape), _grid_fields(shape)]).to(device), padding)

    @property
    def n_flow(self) -> int:
        """Number of generators that move pixels."""
        return len(self.fields)

    @property
    def dim(self) -> int:
        """Number of all generators."""
        return len(self.penalties)

    @property
    def penalties(self) -> Tensor:
        """The penalty on a unit of each generator, shape (dim,)."""
        channels = self.shape[0]
        sizes = {"affine": N_AFFINE, "grid": 2 * GRID**2, "gain": channels}
        sizes["offset"] = 0 if self.padding == "zeros" else channels
        costs = [torch.full((size,), _PENALTIES[name], dtype=torch.float32) for name, size in sizes.items()]
        return torch.cat(costs).to(self.fields.device)

    def apply(self, images: Tensor, generators: Tensor, interpolation: str = "bilinear") -> Tensor:
        """Transform images (n, c, h, w) by one generator each (n, dim); ``interpolation`` may be "bicubic"."""
        channels = self.shape[0]
        identity = _lattice(self.shape).to(images.device)
        places = identity + self.displacement(generators)
        warped = F.grid_sample(images, places, interpolation, self.padding, align_corners=True)
        gain = generators[:, self.n_flow : self.n_flow + channels].clamp_max(_MAX_LOG_GAIN).exp()
        result = warped * gain[..., None, None]
        if self.padding == "zeros":
            return result
        return result + generators[:, self.n_flow + channels :, None, None]

    def displacement(self, generators: Tensor) -> Tensor:
        """Return the displacement of each pixel's value, shape (n, h, w, 2), as (x, y)."""
        _, height, width = self.shape
        return (generators[:, : self.n_flow] @ self.fields).view(-1, height, width, 2)

    def unfolded(self, generators: Tensor) -> Tensor:
        """Return generators whose flows do not fold: those that would are scaled down."""
        scale = folding_limit(self.displacement(generators))  # (n,)
        flow, light = generators.split([self.n_flow, generators.shape[1] - self.n_flow], dim=1)
        return torch.cat([flow * scale[:, None], light], dim=1)


def folding_limit(displacement: Tensor) -> Tensor:
    """Return the largest factor up to 1 for each displacement (n, h, w, 2) at which all areas keep ``MIN_AREA``."""
    area, largest = 1 - MIN_AREA, torch.ones_like(displacement[:, 0, 0, 0])
    for divergence, determinant in _corner_invariants(displacement):
        square = divergence**2 - 4 * area * determinant
        # 1 / t at the first root of area + t divergence + t^2 determinant, if there is one; torch's root of a negative
        # number takes twenty times as long
        inverse = (torch.sqrt(square.abs()) - divergence) / (2 * area) * (square >= 0)
        largest = torch.maximum(largest, inverse.nan_to_num(0.0).flatten(1).amax(dim=1))
    return 1 / largest


def _corner_invariants(displacement: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield divergence and determinant of the gradient of a displacement, each (n, h-1, w-1), at each of 4 corners."""
    _, height, width, _ = displacement.shape
    flows = [part.contiguous() for part in displacement.unbind(-1)]
    along_x = [(u[:, :, 1:] - u[:, :, :-1]) * (width - 1) / 2 for u in flows]  # (n, h, w-1), horizontal sides of cells
    along_y = [(u[:, 1:] - u[:, :-1]) * (height - 1) / 2 for u in flows]  # (n, h-1, w), vertical sides
    for rows, columns in product((slice(None, -1), slice(1, None)), repeat=2):
        (xx, yx), (xy, yy) = [u[:, rows] for u in along_x], [u[:, :, columns] for u in along_y]
        yield xx + yy, xx * yy - yx * xy


def _lattice(shape: ImageShape) -> Tensor:
    """Return the place of each pixel as (x, y), shape (h, w, 2)."""
    _, height, width = shape
    sides = [torch.linspace(-1, 1, side, dtype=torch.float32) for side in (height, width)]
    y, x = torch.meshgrid(sides, indexing="ij")
    return torch.stack([x, y], dim=-1)


def _affine_fields(shape: ImageShape) -> Tensor:
    """Return the displacements x, y and 1 along either axis, shape (6, h * w * 2)."""
    lattice = _lattice(shape)
    terms = torch.cat([lattice, torch.ones_like(lattice[..., :1])], dim=-1)  # (h, w, 3)
    return _along_both_axes(terms.permute(2, 0, 1))


def _grid_fields(shape: ImageShape) -> Tensor:
    """Return the displacement that each control point carries along either axis, shape (50, h * w * 2)."""
    points = torch.eye(GRID**2, dtype=torch.float32).view(GRID**2, 1, GRID, GRID)
    bumps = F.interpolate(points, size=shape[1:], mode="bicubic", align_corners=True)
    return _along_both_axes(bumps[:, 0])


def _along_both_axes(terms: Tensor) -> Tensor:
    """Return terms (k, h, w) as displacements along x, then along y, shape (2 k, h * w * 2)."""
    nothing = torch.zeros_like(terms)
    return torch.cat([torch.stack([terms, nothing], -1), torch.stack([nothing, terms], -1)]).flatten(1)
