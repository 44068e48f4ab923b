"""Reads shards of scenes in other processes. Needs no PyTorch, so that these start quickly."""

import io
import json
import multiprocessing
import os
import signal
import tarfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy
from PIL import Image

from safetensors_file import read_safetensors


@dataclass
class Scene:
    """Views of one scene, cut into patches row by row: tokens of `pixels` = patch size squared."""

    size: tuple  # width and height of its pictures, as they stand
    rgb: numpy.ndarray  # uint8 [views, tokens, 3, pixels]
    depth: numpy.ndarray  # uint16 [views, tokens, pixels]; 0 there is none
    depth_scale: numpy.ndarray  # [views], meters per unit of depth
    intrinsics: numpy.ndarray  # [views, 4]: fx, fy, cx, cy in pixels
    world_from_cam: numpy.ndarray  # [views, 4, 4]
    overlap: numpy.ndarray  # [views, views]


class ShardReader:
    """Scenes of all shards that are in some folders or appear there, read ahead by other processes."""

    def __init__(self, folders, patch_size, processes):
        self.folders, self.patch_size, self.ahead = folders, patch_size, 16 * processes
        # Ctrl-C is the parent's to deal with.
        ignore = {"initializer": signal.signal, "initargs": (signal.SIGINT, signal.SIG_IGN)}
        self.executor = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), **ignore)
        self.known, self.reading = set(), []

    def ready(self):
        """The scenes that have been read since the last call."""
        scenes = []
        while self.reading and self.reading[0].done():
            scenes += self.reading.pop(0).result()
        for folder in self.folders:
            for path in shard_paths(folder, self.known):
                if len(self.reading) < self.ahead:
                    self.known.add(path)
                    self.reading.append(self.executor.submit(read_shard, path, self.patch_size))
        return scenes

    def close(self):
        self.executor.shutdown(wait=False, cancel_futures=True)


def shard_paths(folder, known=frozenset()):
    """The complete shards of a folder that are not known yet, in order."""
    paths = {os.path.join(folder, name) for name in os.listdir(folder)} - known
    return sorted(path for path in paths if os.path.splitext(path)[1] in READERS)


def read_shard(path, patch_size):
    """All scenes of a shard."""
    try:
        return list(READERS[os.path.splitext(path)[1]](path, patch_size))
    except (KeyError, ValueError, OSError, tarfile.TarError) as problem:
        raise SystemExit(f"{path}: not a complete shard of scenes: {problem}") from problem


def _read_tar(path, patch_size):
    """What `dust3r data generate` writes: KEY.jpg, KEY.depth.png and KEY.json per view."""
    with tarfile.open(path) as archive:
        files = {entry.name: archive.extractfile(entry).read() for entry in archive if entry.isfile()}
    scenes = {}
    for name in files:
        if name.endswith(".json"):
            record = json.loads(files[name])
            if record["version"] != 1:
                raise ValueError(f"{name} is of version {record['version']}; version 1 is expected")
            scenes.setdefault(record["scene"], []).append((record["view"], name[: -len(".json")], record))
    for views in scenes.values():
        keys, records = zip(*[view[1:] for view in sorted(views, key=lambda view: view[0])])
        rgb = [numpy.asarray(Image.open(io.BytesIO(files[f"{key}.jpg"])).convert("RGB")) for key in keys]
        depth = [numpy.asarray(Image.open(io.BytesIO(files[f"{key}.depth.png"]))) for key in keys]
        column = lambda name: numpy.array([record[name] for record in records], "float32")
        yield _scene(
            numpy.stack(rgb),
            numpy.stack(depth).astype("uint16"),
            column("depth_scale"),
            column("K")[:, [0, 1, 0, 1], [0, 1, 2, 2]],
            column("world_from_cam"),
            column("overlap"),
            patch_size,
        )


def _read_raw(path, patch_size):
    """What `scripts/generate-raw-shards.ts` writes: the same without compression."""
    shard = read_safetensors(path)
    views, start = shard["depth_scale"].shape[1], 0
    for index, (width, height) in enumerate(shard["size"].tolist()):
        end = start + views * height * width
        rgb, depth = shard["rgb"][start:end], shard["depth"][start:end]
        start = end
        yield _scene(
            rgb.reshape(views, height, width, 3),
            depth.reshape(views, height, width),
            *[shard[name][index] for name in ("depth_scale", "intrinsics", "world_from_cam", "overlap")],
            patch_size,
        )


def _scene(rgb, depth, depth_scale, intrinsics, world_from_cam, overlap, patch_size):
    height, width = depth.shape[1:]
    patches = cut(rgb, patch_size)
    return Scene(
        (width, height),
        numpy.ascontiguousarray(numpy.moveaxis(patches, -1, 2)),
        cut(depth, patch_size),
        depth_scale,
        intrinsics,
        world_from_cam,
        overlap,
    )


def cut(images, patch_size):
    """`[views, height, width, …]` as patches, row by row: `[views, tokens, pixels, …]`."""
    views, height, width, *rest = images.shape
    rows, columns = height // patch_size, width // patch_size
    if (rows * patch_size, columns * patch_size) != (height, width):
        raise ValueError(f"pictures of {width}x{height} cannot be cut into patches of {patch_size}x{patch_size}")
    blocks = images.reshape(views, rows, patch_size, columns, patch_size, *rest).swapaxes(2, 3)
    return numpy.ascontiguousarray(blocks.reshape(views, rows * columns, patch_size**2, *rest))


READERS = {".tar": _read_tar, ".safetensors": _read_raw}
