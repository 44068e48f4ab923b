#!/usr/bin/env bash
# One command on a borrowed machine: its cores render scenes while its GPU trains, stage after stage, in sessions of their own
# that outlive the command. Given again, it watches on.
# usage: borrowed-gpu.sh MINUTES SECONDS RESULT [options of train.py, the first time]
#   MINUTES     from the first command until the last checkpoint; stages share them by their steps
#   SECONDS     to watch, at most; a command ends when training does
#   RESULT      receives the newest checkpoint, packed, and the log
# It lies beside kit.tar.xz and Node, as scripts/pack-gpu-kit.ts makes them. SEED chooses the scenes, another one on every machine;
# GENERATORS is how many cores render (all but three); WORK where it works.
set -euo pipefail
minutes=$1 seconds=$2 result=$3
shift 3
carried=$(cd "$(dirname "$0")" && pwd)
work=$(realpath -m "${WORK:-/tmp/dust3r-borrowed-gpu}")
cores=$(nproc)
generators=${GENERATORS:-$((cores > 4 ? cores - 3 : 1))}
kit=$work/kit

unpack() {
  mkdir -p "$kit"
  python3 - "$carried" "$kit" <<'PYTHON'
import glob, lzma, os, shutil, sys, tarfile
carried, kit = sys.argv[1:]
with tarfile.open(f"{carried}/kit.tar.xz") as archive:
    archive.extractall(kit)
[node] = glob.glob(f"{carried}/node-*.xz")
with lzma.open(node) as packed, open(f"{kit}/node", "wb") as unpacked:
    shutil.copyfileobj(packed, unpacked)
os.chmod(f"{kit}/node", 0o755)
PYTHON
}

# Renders scenes of a stage: render FOLDER SERIES [further options].
render() {
  local folder=$1 series=$2
  shift 2
  # shellcheck disable=SC2086
  (cd "$kit" && exec ./node generate-raw-shards.mjs "$folder" $series "$@")
}

# Held-out scenes of a stage, of its own shape, without models and pictures as in `dust3r train`: of figures, and of photos where
# it trains on these.
render_held_out() {
  local folder=$work/held-out-$1 series=${2%% --assets*} set
  series=${series%% --textures*}
  local options=(--other-heights "" --portrait 0 --figures 0 --seed=-777 --scenes 24)
  for set in figures photos; do
    if [[ $set = figures || $series = *"--collection photos"* ]]; then
      render "$folder-$set.partial" "$series" "${options[@]}" --collection $set
      mv "$folder-$set.partial" "$folder-$set"
    fi
  done
}

# What one core renders: scenes of each stage until two thirds of its time are over, then of the next.
render_share() {
  local share=$1 before=0 name end series until
  while read -r name end series; do
    if ((share == generators)); then
      render_held_out "$name" "$series"
    else
      until=$(python3 -c "print(60 * $minutes * ($before + ($end - $before) * (2 / 3 if $end < 1 else 1)))")
      render "$work/scenes-$name" "$series" --seed="${SEED:-1}" --scenes 1000000 --per-shard 16 \
        --share "$share/$generators" --seconds "$(python3 -c "print(max($until - ($(date +%s) - $begun), 0))")"
    fi
    before=$end
  done <"$kit/plan.txt"
}

# Trains stage after stage, each until its time is over.
train() {
  local previous=() name end series validation left
  while read -r name end series; do
    mkdir -p "$work/scenes-$name"
    until [ -d "$work/held-out-$name-figures" ]; do sleep 0.2; done
    validation=(--validation "$work/held-out-$name-figures")
    if [[ $series = *"--collection photos"* ]]; then
      until [ -d "$work/held-out-$name-photos" ]; do sleep 0.2; done
      validation+=(--validation-of-photos "$work/held-out-$name-photos")
    fi
    left=$(python3 -c "print($minutes * $end - ($(date +%s) - $begun) / 60)")
    PYTHONUNBUFFERED=1 python3 "$kit/torch/train.py" "$kit/$name" -o "$work/run-$name" --scenes "$work/scenes-$name" \
      "${validation[@]}" "${previous[@]}" --minutes "$left" --fit-minutes "$@"
    previous=(--init "$(ls -d "$work/run-$name"/checkpoints/step-* | tail -n 1)")
  done <"$kit/plan.txt"
}

if [ ! -f "$work/trainer" ]; then
  begun=$(date +%s)
  unpack
  : >"$work/generators"
  # The last of them renders what is held out.
  for ((share = 0; share <= generators; share++)); do
    setsid bash -c "$(declare -f render render_held_out render_share); $(declare -p minutes work generators kit begun)
      set -euo pipefail; render_share $share" >"$work/generator-$share.log" 2>&1 </dev/null &
    echo $! >>"$work/generators"
  done
  setsid bash -c "$(declare -f train); $(declare -p minutes work kit begun); set -euo pipefail; train \"\$@\"" train "$@" \
    >"$work/train.log" 2>&1 </dev/null &
  echo $! >"$work/trainer"
fi
ended=$((SECONDS + seconds))
while ((SECONDS < ended)) && kill -0 "$(<"$work/trainer")" 2>/dev/null; do sleep 1; done
if ! kill -0 "$(<"$work/trainer")" 2>/dev/null; then
  while read -r group; do kill -- "-$group" 2>/dev/null || true; done <"$work/generators"
  : >"$work/generators"
fi
grep '"validation": {"loss"' "$work/train.log" || true
tail -n 3 "$work/train.log"
tail -qn 1 "$work"/generator-*.log
newest=$(ls -dt "$work"/run-*/checkpoints/step-* 2>/dev/null | head -n 1 || true)
if [ -z "$newest" ]; then
  echo "no checkpoint yet"
  exit
fi
python3 "$kit/torch/pack.py" "$(dirname "$(dirname "$newest")")" "$result"
cat "$work"/run-*/train.jsonl >"$result/train.jsonl"
