"""How a network does on pairs that it is not trained on, measured as `dust3r train` does."""

import torch

from executor import Executor

OVERLAP = (0.1, 0.9)


class Validation:
    """A fixed set of pairs from held-out scenes, and the graph that judges them."""

    def __init__(self, export, pool, pairs, bf16):
        self.executor = Executor(f"{export}/validation.onnx", bf16).to(pool.rgb.device)
        generator = torch.Generator(pool.rgb.device).manual_seed(777)
        first, second = pool.draw_pairs(pairs, OVERLAP, generator)
        self.partners = pool.batch(first, second)
        self.strangers = pool.batch(first, second.roll(1 + pairs // 2))

    def __call__(self, parameters):
        """Loss, regression loss, and by how much pointmaps of view 1 are nearer the truth with a true partner."""
        partners = self.executor({**self.partners, **parameters})
        strangers = self.executor({**self.strangers, **parameters})
        regression = [value for name, value in partners.items() if name.startswith("regression")]
        return {
            "loss": partners["loss"].item(),
            "regression": (sum(regression) / len(regression)).item(),
            "gain": (strangers["own"] - partners["own"]).item(),
        }
