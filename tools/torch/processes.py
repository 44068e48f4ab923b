"""One process per device, as torchrun starts them."""

import os

import torch
import torch.distributed as distributed


def start_processes(device):
    """Joins the other processes, where there are any: this one's number, how many there are, and its device."""
    world = int(os.environ.get("WORLD_SIZE", 1))
    if device == "cuda":
        device = f"cuda:{os.environ.get('LOCAL_RANK', 0)}"
        torch.cuda.set_device(device)
    if world > 1:
        distributed.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    return int(os.environ.get("RANK", 0)), world, torch.device(device)
