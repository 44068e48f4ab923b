"""How a network does on pairs that it is not trained on, measured as `dust3r train` does."""

import torch

from executor import Executor
from scene_pool import ScenePool
from shards import read_shard, shard_paths

OVERLAP = (0.1, 0.9)


class Validation:
    """Fixed sets of pairs from held-out scenes of the stage's own height, and the graph that judges them."""

    def __init__(self, arguments, config, stage, device):
        self.pairs = stage["pairs"]
        self.executor = Executor(f"{arguments.export}/validation.onnx", arguments.bf16).to(device)
        pool_of = lambda folder: held_out_pool(folder, config, stage, device)
        pool = pool_of(arguments.validation)
        first, second = self._draw(pool)
        self.partners = pool.batch(first, second)
        self.strangers = pool.batch(first, second.roll(1 + self.pairs // 2))
        self.scenes, self.photos = pool.count, None
        if arguments.validation_of_photos:
            photos = pool_of(arguments.validation_of_photos)
            self.photos = photos.batch(*self._draw(photos))
            self.scenes += photos.count

    def _draw(self, pool):
        return pool.draw_pairs(self.pairs, OVERLAP, torch.Generator(pool.rgb.device).manual_seed(777))

    def __call__(self, parameters):
        """Loss, regression loss, by how much pointmaps of view 1 are nearer the truth with a true partner, and the loss on
        the set of photos where there is one."""
        partners = self.executor({**self.partners, **parameters})
        strangers = self.executor({**self.strangers, **parameters})
        regression = [value for name, value in partners.items() if name.startswith("regression")]
        found = {
            "loss": partners["loss"].item(),
            "regression": (sum(regression) / len(regression)).item(),
            "gain": (strangers["own"] - partners["own"]).item(),
        }
        if self.photos is not None:
            found["lossOfPhotos"] = self.executor({**self.photos, **parameters})["loss"].item()
        return found


def held_out_pool(folder, config, stage, device):
    """All scenes of a folder that have the stage's own shape, or its upright one."""
    patch_size, shape = config["network"]["patchSize"], sorted((stage["width"], stage["height"]))
    scenes = [scene for path in shard_paths(folder) for scene in read_shard(path, patch_size)]
    fitting = [scene for scene in scenes if sorted(scene.size) == shape]
    if not fitting:
        size = f"{stage['width']}x{stage['height']}"
        raise SystemExit(f"{folder}: none of {len(scenes)} scenes has pictures of {size}, which validation needs")
    pool = ScenePool(stage["width"], stage["height"], patch_size, config["data"]["views"], len(fitting), device)
    for scene in fitting:
        pool.add(scene)
    return pool
