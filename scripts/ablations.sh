#!/usr/bin/env bash
# The ablations of docs/training.md: trains each configuration in docs/training/ablations/ from scratch, evaluates it on
# the held-out procedural scenes, and prints all in one table. Goes on where it was stopped.
# Usage: scripts/ablations.sh FOLDER [--processes N]
set -euo pipefail
out=$1
shift
configs=docs/training/ablations
dust3r() { node bin/dust3r.js "$@"; }
last() { printf '%s\n' "$1"/checkpoints/step-* | tail -1; }

evaluated=()
# From the configuration $2 to the row $1; what follows goes to `train`.
row() {
  local name=$1 config=$2
  shift 2
  dust3r train "$configs/$config.json" -o "$out/$name/train" "$@"
  dust3r eval procedural --model "$(last "$out/$name/train")" -o "$out/$name/procedural"
  evaluated+=("$out/$name/procedural")
}

row base base "$@"
for name in no-confidence no-attention no-matching no-cosine-positions larger-views patches-of-16 patches-of-16-dpt; do
  row "$name" "$name" "$@"
done
dust3r pretrain "$configs/pretrain.json" -o "$out/pretrained" "$@"
row pretrained base --init "$(last "$out/pretrained")" "$@"
dust3r eval compare "${evaluated[@]}"
