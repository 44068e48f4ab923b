"""Parameters and the optimizer's memory as flat tensors, and the checkpoints that `dust3r train` reads and writes."""

import json
import os
import re
import shutil
import tempfile
from pathlib import Path

import torch

from safetensors_file import read_safetensors, write_safetensors

KEPT = 2


def read_record(folder):
    """`training.json` of what `dust3r train export` wrote."""
    record = json.loads(Path(folder, "training.json").read_text())
    if record.get("version") != 2:
        found = record.get("version")
        raise SystemExit(f"{folder}/training.json: version {found}; version 2 is expected: export it again")
    return record


class TrainingState:
    """All that the next step depends on: `values`, `mean`, `mean_square` (each `[parameters]`) and the step."""

    def __init__(self, export, record, device):
        self.export, self.record = Path(export), record
        sizes = [torch.Size(entry["shape"]).numel() for entry in record["parameters"]]
        flat = lambda: torch.zeros(sum(sizes), device=device)
        self.values, self.mean, self.mean_square, self.gradient = flat(), flat(), flat(), flat()
        self.step, self.optimizer_steps = record["firstStep"], 0
        self.parameters = self._views(self.values)
        self.gradients = self._views(self.gradient)
        # Vectors do not decay.
        self.decays = flat()
        for entry, view in zip(record["parameters"], self._views(self.decays).values()):
            view.fill_(float(len(entry["shape"]) > 1))
        if (self.export / "model.safetensors").exists():
            self._read_values(self.export)
        else:
            draw_initial_values(self.parameters, record["config"]["seed"])

    def _views(self, vector):
        views, start = {}, 0
        for entry in self.record["parameters"]:
            shape = torch.Size(entry["shape"])
            views[entry["name"]] = vector[start : start + shape.numel()].view(shape)
            start += shape.numel()
        return views

    def _read_values(self, folder):
        path = folder / "model.safetensors"
        if not path.exists():
            raise SystemExit(f"{path}: there is no such file; a checkpoint's folder is expected")
        tensors = read_safetensors(path)
        for name, view in self.parameters.items():
            found = tensors.get(name)
            if found is None or found.shape != tuple(view.shape):
                problem = "is missing" if found is None else f"is {list(found.shape)}"
                raise SystemExit(f"{path}: {name} {problem}; the graph needs {list(view.shape)}")
            view.copy_(torch.from_numpy(found.copy()))

    def resume(self, checkpoints, changed_config=False):
        """Takes up the newest checkpoint of a folder, and tells which; `None` where there is none."""
        names = saved_steps(checkpoints)
        if not names:
            return None
        folder = Path(checkpoints, names[-1])
        saved = json.loads((folder / "training.json").read_text())
        if saved["config"] != self.record["config"] and not changed_config:
            raise SystemExit(f"{folder} was trained with another configuration; accept that with --changed-config")
        if saved["step"] < self.record["firstStep"]:
            raise SystemExit(f"{folder}: step {saved['step']}; stage {self.record['stage']} begins later")
        self._read_values(folder)
        self.step = saved["step"]
        self._read_moments(folder)
        return folder

    def begin_from(self, folder):
        """Takes a checkpoint's parameters and, where it has one, the optimizer's memory; the step stays the stage's first."""
        self._read_values(folder)
        self._read_moments(folder)

    def _read_moments(self, folder):
        # A packed checkpoint comes without them.
        if not (folder / "optimizer.safetensors").exists():
            return
        moments = read_safetensors(folder / "optimizer.safetensors")
        self.mean.copy_(torch.from_numpy(moments["mean"].copy()))
        self.mean_square.copy_(torch.from_numpy(moments["meanSquare"].copy()))
        self.optimizer_steps = json.loads((folder / "training.json").read_text())["optimizerSteps"]

    def save(self, checkpoints):
        """Writes a checkpoint that appears with all of its files or not at all; removes older ones."""
        checkpoints = Path(checkpoints)
        checkpoints.mkdir(parents=True, exist_ok=True)
        target = checkpoints / f"step-{self.step:09d}"
        incoming = Path(tempfile.mkdtemp(prefix=".incoming-", dir=checkpoints))
        try:
            values = self._views(self.values.cpu())
            write_safetensors(incoming / "model.safetensors", {name: v.numpy() for name, v in values.items()})
            moments = {"mean": self.mean.cpu().numpy(), "meanSquare": self.mean_square.cpu().numpy()}
            write_safetensors(incoming / "optimizer.safetensors", moments)
            shutil.copyfile(self.export / "config.json", incoming / "config.json")
            saved = {"step": self.step, "optimizerSteps": self.optimizer_steps, "config": self.record["config"]}
            (incoming / "training.json").write_text(json.dumps(saved))
            shutil.rmtree(target, ignore_errors=True)
            os.chmod(incoming, 0o755)
            incoming.rename(target)
        finally:
            shutil.rmtree(incoming, ignore_errors=True)
        for old in saved_steps(checkpoints)[:-KEPT]:
            shutil.rmtree(checkpoints / old)
        return target


def saved_steps(checkpoints):
    """Names of the checkpoints in a folder, oldest first."""
    names = os.listdir(checkpoints) if os.path.isdir(checkpoints) else []
    return sorted(name for name in names if re.fullmatch(r"step-\d+", name))


def draw_initial_values(parameters, seed):
    """As src/training/initialization/initial-values.ts: Xavier-uniform matrices, heads by their fan-in, both decoders alike, and the
    keys of cross-attention like its queries."""
    generator = torch.Generator().manual_seed(seed)
    for name, values in parameters.items():
        twin_name = name.replace("dec_blocks2.", "dec_blocks.")
        twin = parameters[twin_name.replace("cross_attn.projk.weight", "cross_attn.projq.weight")]
        if twin is not values:
            values.copy_(twin)
        elif values.dim() > 1:
            out, fan_in = values.shape[0], values[0].numel()
            spread = fan_in**-0.5 if name.startswith("downstream_head") else (6 / (fan_in + out)) ** 0.5
            values.copy_((2 * torch.rand(values.shape, generator=generator) - 1) * spread)
        else:
            values.fill_(float(re.search(r"norm[^.]*\.weight$", name) is not None))
