"""How fast steps are, and where their time goes.

    python3 tools/torch/pace.py export/ --scenes folder [--bf16] [--compile]
"""

import argparse
import time

import torch

from executor import open_executors
from scene_pool import ScenePools, training_batches
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
    pools = ScenePools(stage, patch_size, data["views"], len(record["graphs"]) * len(scenes), arguments.device)
    for scene in scenes:
        pools.add(scene)
    missing = [str(height) for height, pool in pools.of_height.items() if pool.count == 0]
    if missing:
        raise SystemExit(f"{arguments.scenes}: no scenes of height {', '.join(missing)}")
    matching = config["matching"] + config["attention"] > 0
    batches = training_batches(pools, stage["pairs"], stage["overlap"], data["jitter"], 1, 1, matching)
    state = TrainingState(arguments.export, record, arguments.device)
    begun = time.monotonic()
    executors = open_executors(arguments.export, record, arguments.device, arguments.bf16, arguments.compile)
    step = TrainingStep(executors, state)
    step(batches)
    print(f"first step after {time.monotonic() - begun:.1f} s")
    seconds = time_of(lambda: step(batches), arguments)
    print(f"step {1000 * seconds:.2f} ms: {2 * stage['pairs'] / seconds:.0f} ordered pairs/s")
    parts = [("batch", lambda: step.feed(*next(batches)))]
    parts += [(f"gradient of {stage['width']}x{height}", gradient) for height, gradient in step._gradient.items()]
    for name, part in (*parts, ("optimizer", step._update)):
        print(f"  {name} {1000 * time_of(part, arguments):.2f} ms")
    if arguments.device == "cuda":
        print(f"{torch.cuda.max_memory_allocated() / 2**30:.1f} GiB")
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as profiler:
            step._gradient[stage["height"]]()
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
