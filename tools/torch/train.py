"""Trains on what `dust3r train export` wrote, with scenes that are read while training: docs/gpu-training.md.

    python3 tools/torch/train.py export/ -o out/ --scenes folder [--minutes 9] [--bf16] [--compile]
    torchrun --nproc-per-node 8 tools/torch/train.py …
"""

if __name__ == "__main__":
    # Processes that read shards import this file too; they need no PyTorch.
    from training_run import main

    main()
