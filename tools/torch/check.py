"""Holds this executor against ONNX Runtime: takes the steps of `dust3r train export --check` again and compares.

    python3 tools/torch/check.py export/ [--device cuda] [--bf16] [--compile]

Under torchrun every process takes its share of the batches.
"""

import argparse
import json

import torch
import torch.distributed as distributed

from executor import open_executors
from processes import start_processes
from safetensors_file import read_safetensors, write_safetensors
from state import TrainingState, read_record
from step import TrainingStep


def main():
    parser = argparse.ArgumentParser(description="compare with ONNX Runtime on the batches of an export")
    parser.add_argument("export", help="what `dust3r train export --check` wrote")
    parser.add_argument("--batches", help="another file of batches; nothing is compared then")
    parser.add_argument("--values", help="a .safetensors file that receives the parameters after the last step")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--bf16", action="store_true", help="matrix products in bfloat16")
    parser.add_argument("--compile", action="store_true", help="fewer kernels, by torch.compile")
    arguments = parser.parse_args()

    rank, world, device = start_processes(arguments.device)
    record = read_record(arguments.export)
    state = TrainingState(arguments.export, record, device)
    executors = open_executors(arguments.export, record, device, arguments.bf16, arguments.compile)
    step = TrainingStep(executors, state)
    file = read_safetensors(arguments.batches or f"{arguments.export}/check.safetensors")
    count = sum(name.endswith(".patches") for name in file)
    names = [entry["name"] for entry in record["graphs"][0]["inputs"]]
    batches = [
        {name: torch.from_numpy(file[f"batch{number}.{name}"].copy()) for name in names}
        for number in range(rank, count, world)
    ]
    batches = [(height_of(batch, record), batch) for batch in batches]
    found = {"loss": [], "gradientNorm": []}
    first, _ = batches[0]
    step.feed(*batches[0])
    found["gradient"] = torch.cat([g.flatten() for g in step.gradients(first).values()])
    for batch in batches:
        step(iter([batch]))
        loss, norm, _ = step.report()
        found["loss"].append(loss)
        found["gradientNorm"].append(norm)
    if rank == 0 and arguments.values:
        write_safetensors(arguments.values, {"values": state.values.cpu().numpy()})
    result = {name: found[name] for name in ("loss", "gradientNorm")}
    result["heights"] = [height for height, _ in batches]
    result["knownGradients"] = executors[first].known_gradients
    result["knownAttentions"] = executors[first].known_attentions
    if not arguments.batches and world == 1:
        found["values"] = state.values
        result["differences"] = {name: difference(found[name], file[name]) for name in found}
    if rank == 0:
        print(json.dumps(result))
    if distributed.is_initialized():
        distributed.destroy_process_group()


def height_of(batch, record):
    """The height whose graph takes a batch."""
    shape = list(batch["patches"].shape)
    for graph in record["graphs"]:
        if any(entry["name"] == "patches" and entry["shape"] == shape for entry in graph["inputs"]):
            return graph["height"]
    raise SystemExit(f"no graph of the export takes patches {shape}")


def difference(found, expected):
    """Length of the difference over the length of what was expected."""
    found = torch.as_tensor(found).double().cpu()
    expected = torch.from_numpy(expected.copy()).double()
    return ((found - expected).norm() / expected.norm()).item()


if __name__ == "__main__":
    main()
