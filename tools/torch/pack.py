"""Makes the newest checkpoint of a run small enough to carry: half precision, in parts, without the optimizer's memory.

    python3 tools/torch/pack.py out/ parts/        there
    cat parts/model.part-* > parts/model.safetensors   here; then it is a checkpoint like any other
"""

import argparse
import io
import shutil
from pathlib import Path

import numpy

from safetensors_file import read_safetensors, write_safetensors
from state import saved_steps

PART_BYTES = 15 << 20


def main():
    parser = argparse.ArgumentParser(description="pack the newest checkpoint of a run")
    parser.add_argument("run", help="the -o of train.py")
    parser.add_argument("parts", help="receives model.part-00, …, config.json, training.json and train.jsonl")
    arguments = parser.parse_args()
    checkpoints, parts = Path(arguments.run, "checkpoints"), Path(arguments.parts)
    steps = saved_steps(checkpoints)
    if not steps:
        raise SystemExit(f"{checkpoints} holds no checkpoint yet")
    newest = checkpoints / steps[-1]
    parts.mkdir(parents=True, exist_ok=True)
    tensors = read_safetensors(newest / "model.safetensors")
    packed = io.BytesIO()
    write_safetensors(packed, {name: array.astype(numpy.float16) for name, array in tensors.items()})
    content = packed.getvalue()
    for number, start in enumerate(range(0, len(content), PART_BYTES)):
        (parts / f"model.part-{number:02d}").write_bytes(content[start : start + PART_BYTES])
    for file in (newest / "config.json", newest / "training.json", Path(arguments.run, "train.jsonl")):
        shutil.copyfile(file, parts / file.name)
    print(f"{newest}: {len(content) / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
