"""What flows do to areas, by another way than the library's: from the corners of the cells that pixels span."""

import torch


def least_areas(displacement):
    """Return the least area of the triangles at the corners of moved lattice cells (n,); 1 where nothing is moved."""
    _, height, width, _ = displacement.shape
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    pixels = torch.tensor([(width - 1) / 2, (height - 1) / 2])
    places = torch.stack([x, y], dim=-1) + displacement * pixels  # (n, h, w, 2)
    a, b, c, d = places[:, :-1, :-1], places[:, :-1, 1:], places[:, 1:, 1:], places[:, 1:, :-1]
    corners = [(a, b, d), (b, c, a), (c, d, b), (d, a, c)]
    areas = torch.stack([_cross(after - corner, before - corner) for corner, after, before in corners])
    return areas.permute(1, 0, 2, 3).flatten(1).amin(dim=1)


def _cross(first, second):
    return first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
