"""How fast steps are, and where their time goes.

    python3 tools/torch/pace.py export/ --scenes folder [--bf16] [--compile]
"""

import argparse
import time

import torch

from executor import Executor
from scene_pool import ScenePool, training_batches
from shards import read_shard, shard_paths
from state import TrainingState, read_record
from step import TrainingStep

KERNELS = 25


def main():
    parser = argparse.ArgumentParser(description="time the steps of an export")
    parser.add_argument("export", help="what `dust3r train export` wrote")
    parser.add_argument("--scenes", required=True, help="a folder of shards")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--bf16", action="store_true", help="matrix products in bfloat16")
    parser.add_argument("--compile", action="store_true", help="fewer kernels, by torch.compile")
    parser.add_argument("--steps", type=int, default=100)
    arguments = parser.parse_args()

    record = read_record(arguments.export)
    config = record["config"]
    stage, data, patch_size = config["stages"][record["stage"]], config["data"], config["network"]["patchSize"]
    scenes = [scene for path in shard_paths(arguments.scenes) for scene in read_shard(path, patch_size)]
    pool = ScenePool(stage["width"], stage["height"], patch_size, data["views"], len(scenes), arguments.device)
    for scene in scenes:
        pool.add(scene)
    batches = training_batches(pool, stage["pairs"], stage["overlap"], data["jitter"], 1, config["matching"] + config["attention"] > 0)
    state = TrainingState(arguments.export, record, arguments.device)
    executor = Executor(f"{arguments.export}/graph.onnx", arguments.bf16).to(arguments.device)
    if arguments.compile:
        executor.fuse()
    begun = time.monotonic()
    step = TrainingStep(executor, state)
    step(batches)
    print(f"first step after {time.monotonic() - begun:.1f} s")
    seconds = time_of(lambda: step(batches), arguments)
    print(f"step {1000 * seconds:.2f} ms: {2 * stage['pairs'] / seconds:.0f} ordered pairs/s")
    for name, part in (
        ("batch", lambda: step.feed(next(batches))),
        ("gradient", step._gradient),
        ("optimizer", step._update),
    ):
        print(f"  {name} {1000 * time_of(part, arguments):.2f} ms")
    if arguments.device == "cuda":
        print(f"{torch.cuda.max_memory_allocated() / 2**30:.1f} GiB")
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as profiler:
            step._gradient()
            torch.cuda.synchronize()
        print(profiler.key_averages().table(sort_by="cuda_time_total", row_limit=KERNELS, max_name_column_width=60))


def time_of(action, arguments):
    """Mean seconds, once the device has nothing else to do."""
    wait = torch.cuda.synchronize if arguments.device == "cuda" else lambda: None
    wait()
    begun = time.monotonic()
    for _ in range(arguments.steps):
        action()
    wait()
    return (time.monotonic() - begun) / arguments.steps


if __name__ == "__main__":
    main()
