"""The run: scenes in, steps, a log line now and then, a checkpoint every minute."""

import argparse
import json
import signal
import time
from pathlib import Path

import torch
import torch.distributed as distributed

from executor import open_executors
from processes import start_processes
from scene_pool import ScenePools, training_batches
from shards import ShardReader
from state import TrainingState, read_record
from step import TrainingStep
from validation import Validation

# For the last validation and the last checkpoint.
FINISH_SECONDS = 4


def main():
    clock = Clock(parse_arguments())
    arguments = clock.arguments
    rank, world, device = start_processes(arguments.device)
    record = read_record(arguments.export)
    if arguments.total_steps:
        record["schedule"]["total"] = arguments.total_steps
    config, first_step = record["config"], record["firstStep"]
    stage, data, patch_size = config["stages"][record["stage"]], config["data"], config["network"]["patchSize"]
    state = TrainingState(arguments.export, record, device)
    checkpoints = Path(arguments.output, "checkpoints")
    resumed = state.resume(checkpoints, arguments.changed_config)
    if arguments.init and not resumed:
        state.begin_from(Path(arguments.init))
    log = Log(Path(arguments.output) if rank == 0 else None)
    log.write({"config": config, "resumed": resumed and str(resumed), "processes": world})

    pools = ScenePools(stage, patch_size, data["views"], arguments.pool, device)
    reader = ShardReader(arguments.scenes, patch_size, arguments.readers)
    # Scenes are read while graphs are opened.
    reader.ready()
    validation = None
    if arguments.validation and rank == 0:
        validation = Validation(arguments, config, stage, device)
        log.write({"validationScenes": validation.scenes})
    executors = open_executors(arguments.export, record, device, arguments.bf16, arguments.compile)
    step = TrainingStep(executors, state, stage["accumulate"])
    fill(pools, reader, clock, log)
    # All processes have the same shape at a time, lest some wait for others.
    shape_seed = config["seed"] * 1000 + record["stage"] + 104729 * state.step
    matching = config["matching"] + config["attention"] > 0
    batches = training_batches(
        pools, stage["pairs"], stage["overlap"], data["jitter"], shape_seed + 7919 * rank, shape_seed, matching
    )
    begun, first, end = time.monotonic(), state.step, first_step + record["schedule"]["total"]
    over = state.step >= end
    while not over:
        steps = min(arguments.report_steps, end - state.step)
        for _ in range(steps):
            step(batches)
        loss, norm, bad = step.report()
        seconds, done = time.monotonic() - begun, state.step - first
        if arguments.fit_minutes:
            # As many steps as there will be time for, but for what comes after the last.
            end = state.step + max(int((clock.seconds_left() - FINISH_SECONDS) * done / seconds), 0)
            step.end_schedule_at(end - first_step)
        log.write(
            {
                "step": state.step,
                "stage": record["stage"],
                "loss": loss,
                "gradientNorm": norm,
                "learningRate": step.learning_rate(),
                "pairsPerSecond": done * stage["accumulate"] * stage["pairs"] * 2 * world / seconds,
                "secondsLeft": seconds / done * (end - state.step),
                "scenes": pools.added,
                "badSteps": bad,
            }
        )
        if bad == steps:
            raise SystemExit(
                f"step {state.step}: the gradient is no number any more; "
                f"go on from the newest of {checkpoints} with a lower learning rate"
            )
        over = state.step >= end or agreed(clock.is_over(), world, device)
        if validation and (clock.is_due("validation") or over):
            log.write({"step": state.step, "validation": validation(state.parameters)})
        if rank == 0 and (clock.is_due("checkpoint") or over):
            log.write({"step": state.step, "checkpoint": str(state.save(checkpoints))})
        for scene in reader.ready():
            pools.add(scene)
    reader.close()
    if distributed.is_initialized():
        distributed.destroy_process_group()


def parse_arguments():
    parser = argparse.ArgumentParser(description="train on an exported graph")
    add = parser.add_argument
    add("export", help="what `dust3r train export` wrote")
    add("-o", "--output", required=True, help="receives checkpoints/ and the log; a run goes on from what is there")
    add("--scenes", nargs="+", required=True, help="folders of shards; more may appear there meanwhile")
    add("--init", help="the checkpoint to begin with where -o has none, instead of the export's parameters")
    add("--validation", help="a folder of shards that are not trained on")
    add("--validation-of-photos", help="another one: its loss is logged as lossOfPhotos")
    add("--minutes", type=float, default=float("inf"), help="stop in time, with a checkpoint")
    add("--total-steps", type=int, help="length of the stage, instead of what its configuration says")
    add("--fit-minutes", action="store_true", help="let the schedule end with the minutes, whatever the pace")
    add("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    add("--bf16", action="store_true", help="matrix products in bfloat16")
    add("--compile", action="store_true", help="fewer kernels, by torch.compile: seconds at first, then faster")
    add("--pool", type=int, default=20_000, help="scenes kept on the device")
    add("--first-scenes", type=int, default=64, help="scenes, evenly of all shapes, to wait for before the first step")
    add("--readers", type=int, default=2, help="processes that read shards")
    add("--report-steps", type=int, default=20, help="steps between log lines and looks at the clock")
    add("--checkpoint-seconds", type=float, default=60)
    add("--validation-seconds", type=float, default=60)
    add("--changed-config", action="store_true", help="go on although the configuration has changed")
    return parser.parse_args()


class Clock:
    """Knows when to stop, of itself or because somebody asks for it, and what is due."""

    def __init__(self, arguments):
        self.arguments, self.started, self.asked = arguments, time.monotonic(), False
        self.done = {}
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, *_):
        self.asked = True

    def seconds_left(self):
        return self.started + 60 * self.arguments.minutes - time.monotonic()

    def is_over(self):
        return self.asked or self.seconds_left() < 0

    def is_due(self, what):
        """True when the interval between two of these has passed; a new one begins."""
        now = time.monotonic()
        due = now - self.done.setdefault(what, now) > getattr(self.arguments, f"{what}_seconds")
        if due:
            self.done[what] = now
        return due


def fill(pools, reader, clock, log):
    """Waits until there are enough scenes to begin with."""
    wanted, said = clock.arguments.first_scenes, time.monotonic()
    while pools.even() < wanted:
        if clock.is_over():
            shapes = ", ".join(f"{pool.count} of height {height}" for height, pool in pools.of_height.items())
            raise SystemExit(
                f"{pools.added} scenes were there in time ({shapes}); {wanted} are needed, evenly (--first-scenes)"
            )
        for scene in reader.ready():
            pools.add(scene)
        if time.monotonic() - said > 10:
            said = time.monotonic()
            log.write({"waiting": f"{pools.even()} of {wanted} scenes are there"})
        time.sleep(0.05)


def agreed(wish, world, device):
    """True on all processes when it is on one."""
    if world == 1:
        return wish
    votes = torch.tensor(float(wish), device=device)
    distributed.all_reduce(votes)
    return votes.item() > 0


class Log:
    """JSON lines on standard output and in `train.jsonl`; silent without a folder."""

    def __init__(self, folder):
        self.file = None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self.file = open(folder / "train.jsonl", "a")

    def write(self, entry):
        if self.file is not None:
            line = json.dumps({"time": time.strftime("%Y-%m-%dT%H:%M:%S"), **entry})
            print(line, flush=True)
            self.file.write(line + "\n")
            self.file.flush()
