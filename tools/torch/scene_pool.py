"""Scenes on the device, and batches of pairs made from them there: the same in kind as `src/training` makes."""

import itertools
import math
import random

import numpy
import torch

from shards import cut

# Relative difference of depth up to which two views show the same point.
SAME_SURFACE = 0.05


class ScenePools:
    """A pool for each shape of a stage's views: by the height of those in landscape."""

    def __init__(self, stage, patch_size, views, scenes, device):
        heights = [stage["height"], *stage["otherHeights"]]
        capacity = math.ceil(scenes / len(heights))
        self.width, self.device, self.added = stage["width"], device, 0
        self.of_height = {
            height: ScenePool(self.width, height, patch_size, views, capacity, device) for height in heights
        }

    def add(self, scene):
        """Takes a scene into the pool of its shape."""
        pool = self.of_height.get(min(scene.size))
        if pool is None or max(scene.size) != self.width:
            known = " or ".join(f"{self.width}x{height}" for height in self.of_height)
            raise SystemExit(f"a scene of pictures {scene.size[0]}x{scene.size[1]}; the training's are {known}, or upright")
        pool.add(scene)
        self.added += 1

    def even(self):
        """How many scenes there are, if all pools had as many as the one with fewest."""
        return len(self.of_height) * min(pool.count for pool in self.of_height.values())


class ScenePool:
    """Views as they are needed, patch by patch. Once it is full, new scenes take the place of the oldest."""

    def __init__(self, width, height, patch_size, views, scenes, device):
        tokens, pixels = width * height // patch_size**2, patch_size**2
        self.tokens, self.views, self.capacity, self.count, self.added = tokens, views, scenes, 0, 0
        self.patch_size = patch_size
        empty = lambda shape, dtype: torch.empty(scenes, *shape, dtype=dtype, device=device)
        self.rgb = empty((views, tokens, 3, pixels), torch.uint8)
        # Sixteen bits whose highest is no sign.
        self.depth = empty((views, tokens, pixels), torch.int16)
        self.depth_scale = empty((views,), torch.float32)
        self.intrinsics = empty((views, 4), torch.float32)
        self.world_from_cam = empty((views, 4, 4), torch.float32)
        self.overlap = empty((views, views), torch.float32)
        self.upright = empty((), torch.int64)
        # For both orientations: the pixels' coordinates [2, 2, tokens · pixels], and the patches' [2, tokens, 2].
        sizes = ((height, width), (width, height))
        coordinates = [cut(numpy.mgrid[:h, :w][::-1].copy(), patch_size) for h, w in sizes]
        self.pixels = torch.tensor(numpy.stack(coordinates), dtype=torch.float32, device=device).flatten(2)
        places = [numpy.mgrid[: h // patch_size, : w // patch_size].reshape(2, -1).T for h, w in sizes]
        self.places = torch.tensor(numpy.stack(places), device=device)
        # Height and width in both orientations.
        self.sizes = torch.tensor(sizes, device=device)

    def add(self, scene):
        """Takes a scene in."""
        expected = tuple(self.rgb.shape[1:])
        if scene.rgb.shape != expected:
            raise SystemExit(f"a scene of {len(scene.rgb)} pictures; the training has {self.views} of each")
        at = self.added % self.capacity
        self.rgb[at] = self._upload(scene.rgb)
        self.depth[at] = self._upload(scene.depth.view("int16"))
        for name in ("depth_scale", "intrinsics", "world_from_cam", "overlap"):
            getattr(self, name)[at] = self._upload(getattr(scene, name))
        width, height = scene.size
        self.upright[at] = int(height > width)
        self.added += 1
        self.count = min(self.added, self.capacity)

    def _upload(self, array):
        return torch.from_numpy(numpy.require(array, requirements=["C", "W"])).to(self.rgb.device)

    def draw_pairs(self, pairs, overlap, generator):
        """First and second views of pairs, `[pairs]` each, whose mutual overlap is near one drawn from the range."""
        device, views = self.rgb.device, self.views
        scene = torch.randint(self.count, (pairs,), generator=generator, device=device)
        least, most = overlap
        wanted = least + (most - least) * torch.rand(pairs, 1, 1, generator=generator, device=device)
        shares = self.overlap[scene]
        distance = ((shares + shares.transpose(1, 2)) / 2 - wanted).abs()
        # Equally good pairs are equally likely.
        distance += 1e-5 * torch.rand(distance.shape, generator=generator, device=device)
        distance += torch.diag(torch.full((views,), math.inf, device=device))
        chosen = distance.flatten(1).argmin(1)
        return scene * views + chosen // views, scene * views + chosen % views

    def batch(self, first, second, jitter=None, matching=False):
        """What the graph is fed with: both directions of every pair. `jitter` may change the colors; `matching` adds
        `shares`, which the matching losses need."""
        view = torch.cat([first, second])
        half = len(first)
        scene, count = view // self.views, len(view)
        upright = self.upright[scene]
        rgb = self.rgb.flatten(0, 1)[view].float() / 255
        if jitter is not None:
            rgb = jitter(rgb)

        fx, fy, cx, cy = self.intrinsics.flatten(0, 1)[view][:, :, None].unbind(1)
        u, v = self.pixels[upright].unbind(1)
        units = (self.depth.flatten(0, 1)[view].int() & 0xFFFF).float().flatten(1)
        z = units * self.depth_scale.flatten()[view][:, None]
        own = torch.stack([(u - cx) / fx * z, (v - cy) / fy * z, z], 1)
        pose = self.world_from_cam.flatten(0, 1)[view]
        rotation, position = pose[:, :3, :3], pose[:, :3, 3:]
        inverse = rotation.transpose(1, 2)
        partner_pose = pose.roll(half, 0)
        turn = inverse @ partner_pose[:, :3, :3]
        shift = inverse @ (partner_pose[:, :3, 3:] - position)
        others = torch.baddbmm(shift, turn, own.roll(half, 0))

        planes = lambda points: points.reshape(count, 3, self.tokens, -1).transpose(1, 2)
        batch = {
            "patches": (2 * rgb - 1).flatten(2).flatten(0, 1),
            "positions": self.places[upright].flatten(0, 1),
            "points1": planes(own),
            "points2": planes(others),
            "valid": (units > 0).to(torch.uint8).reshape(count, self.tokens, 1, -1),
        }
        if matching:
            seen = others.roll(half, 0)
            partner_camera = [x.roll(half, 0) for x in (fx, fy, cx, cy)]
            partner_size = self.sizes[upright.roll(half, 0)]
            batch["shares"] = self._shares(seen, z > 0, z.roll(half, 0), partner_camera, partner_size)
        return batch

    def _shares(self, seen, valid, partner_depth, camera, size):
        """For every patch the share of its pixels that each patch of the partner shows too, `[views, tokens, tokens]`.
        `seen` are the view's points in the partner's frame."""
        fx, fy, cx, cy = camera
        x, y, z = seen.unbind(1)
        u, v = (fx * x / z + cx).round(), (fy * y / z + cy).round()
        height, width = size[:, :1], size[:, 1:]
        inside = valid & (z > 0) & (u >= 0) & (v >= 0) & (u < width) & (v < height)
        u, v = (torch.where(inside, w, torch.zeros_like(w)).long() for w in (u, v))
        p = self.patch_size
        patch = torch.div(v, p, rounding_mode="floor") * torch.div(width, p, rounding_mode="floor")
        patch = patch + torch.div(u, p, rounding_mode="floor")
        there = partner_depth.gather(1, patch * p * p + v % p * p + u % p)
        visible = inside & (there > 0) & ((there - z).abs() <= SAME_SURFACE * z)
        own = torch.arange(self.tokens, device=z.device).repeat_interleave(p * p)
        shares = torch.zeros(len(z), self.tokens * self.tokens, device=z.device)
        shares.scatter_add_(1, own * self.tokens + patch, visible.float() / p**2)
        return shares.view(len(z), self.tokens, self.tokens)


def training_batches(pools, pairs, overlap, strength, seed, shape_seed, matching=False):
    """Batches without end, each with the height of its landscape views, from whatever the pools hold at the time. As
    `src/training/batches/batch-height.ts`, the height is drawn evenly, by `shape_seed` and the batch's number."""
    heights = list(pools.of_height)
    generator = torch.Generator(pools.device)
    for number in itertools.count():
        height = random.Random(f"height {shape_seed} {number}").choice(heights)
        pool = pools.of_height[height]
        # A seed per batch: what it holds does not depend on those before.
        generator.manual_seed((seed * 1_000_003 + number) % 2**63)
        order = random.Random(f"{seed} {number}").sample(range(4), 4)
        jitter = lambda rgb: color_jitter(rgb, strength, order, generator)
        yield height, pool.batch(*pool.draw_pairs(pairs, overlap, generator), jitter, matching)


def color_jitter(rgb, strength, order, generator):
    """Brightness, contrast, saturation and hue of pictures `[views, tokens, 3, pixels]` in 0..1, in some order."""
    spread = 2 * torch.rand(4, len(rgb), 1, 1, 1, generator=generator, device=rgb.device) - 1
    for step in order:
        factor = 1 + strength * spread[step]
        if step == 0:
            rgb = rgb * factor
        elif step == 1:
            gray = luma(rgb).mean((1, 3), keepdim=True)
            rgb = gray + (rgb - gray) * factor
        elif step == 2:
            gray = luma(rgb)
            rgb = gray + (rgb - gray) * factor
        else:
            rgb = turn_hue(rgb, strength / 5 * spread[step])
        rgb = rgb.clamp(0, 1)
    return rgb


def luma(rgb):
    """Of ITU-R 601, as image libraries take it."""
    red, green, blue = rgb.split(1, 2)
    return 0.299 * red + 0.587 * green + 0.114 * blue


def turn_hue(rgb, turns):
    """Rotation about the gray axis of the RGB cube by a part of a full turn."""
    cosine, sine = torch.cos(2 * math.pi * turns), torch.sin(2 * math.pi * turns)
    along, across = (1 - cosine) / 3, sine / math.sqrt(3)
    same, after, before = cosine + along, along - across, along + across
    return same * rgb + after * rgb.roll(-1, 2) + before * rgb.roll(1, 2)
