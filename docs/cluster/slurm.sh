#!/bin/bash
# A SLURM array: sbatch docs/cluster/slurm.sh PHOTOS STORE OUTPUT [further options of dust3r reconstruct]
# PHOTOS and STORE are folders that all nodes see. Tasks may start whenever there is room; lost ones are made up for by the others.
#SBATCH --job-name=dust3r
#SBATCH --array=1-8
#SBATCH --cpus-per-task=8
#SBATCH --mem=8G
#SBATCH --time=04:00:00
set -euo pipefail
exec dust3r reconstruct "$1" --store "$2" -o "$3" \
  --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" \
  --threads "${SLURM_CPUS_PER_TASK:-1}" "${@:4}"
