#!/usr/bin/env bash
# One command on a borrowed machine: its cores render scenes while its GPU trains, in sessions of their own that outlive the
# command. Given again, it watches on.
# usage: tools/torch/borrowed-gpu.sh CARRIED SECONDS GENERATORS RESULT [options of train.py, the first time]
#   CARRIED     holds generator/ (scripts/bundle-generator.ts, the first time), export/ (dust3r train export) and, to go
#               on from an earlier machine, checkpoint/ (the RESULT there)
#   SECONDS     to watch the training; 0 only starts the generators
#   RESULT      receives the newest checkpoint, packed
# SEED chooses the scenes: another one every time a machine is borrowed.
set -euo pipefail
carried=$1 seconds=$2 generators=$3 result=$4
shift 4
tools=$(dirname "$0")
work=${WORK:-/tmp/dust3r-borrowed-gpu}
log=$work/train.log
mkdir -p "$work"

series=$(python3 - "$carried/export/training.json" <<'PYTHON'
import json, sys
record = json.load(open(sys.argv[1]))
stage, data = record["config"]["stages"][record["stage"]], record["config"]["data"]
print(f"--width {stage['width']} --height {stage['height']} --views {data['views']} --portrait {data['portrait']}",
      f"--collection {data.get('collection', 'figures')}")
PYTHON
)
scenes=$work/scenes$(tr -cd 'a-z0-9' <<<"$series")
if [ ! -d "$scenes" ]; then
  if [ ! -x "$work/node" ]; then
    python3 -c 'import lzma, shutil, sys; shutil.copyfileobj(lzma.open(sys.argv[1]), open(sys.argv[2], "wb"))' \
      "$carried/generator/node.xz" "$work/node"
    chmod +x "$work/node"
    cp "$carried/generator/generate-raw-shards.mjs" "$work"
  fi
  # Those of another resolution, from an earlier command.
  if [ -f "$work/generators" ]; then xargs kill <"$work/generators" || true; fi
  mkdir -p "$scenes" "$scenes-held-out"
  : >"$work/generators"
  for ((share = 0; share < generators; share++)); do
    # shellcheck disable=SC2086
    setsid "$work/node" "$work/generate-raw-shards.mjs" "$scenes" $series --seed="${SEED:-1}" --scenes 150000 \
      --per-shard 16 --share "$share/$generators" >"$work/generator-$share.log" 2>&1 </dev/null &
    echo $! >>"$work/generators"
  done
  # shellcheck disable=SC2086
  "$work/node" "$work/generate-raw-shards.mjs" "$scenes-held-out" $series --portrait 0 --seed=-777 --scenes 64
fi
if [ "$seconds" = 0 ]; then exit; fi

if [ ! -f "$log" ]; then
  if [ -d "$carried/checkpoint" ]; then
    step=$(python3 -c 'import json, sys; print("step-%09d" % json.load(open(sys.argv[1]))["step"])' \
      "$carried/checkpoint/training.json")
    mkdir -p "$work/run/checkpoints/$step"
    cp "$carried"/checkpoint/{config,training}.json "$work/run/checkpoints/$step"
    cat "$carried"/checkpoint/model.part-* >"$work/run/checkpoints/$step/model.safetensors"
  fi
  PYTHONUNBUFFERED=1 setsid python3 "$tools/train.py" "$carried/export" -o "$work/run" --scenes "$scenes" \
    --validation "$scenes-held-out" "$@" >"$log" 2>&1 </dev/null &
  echo $! >"$work/trainer"
fi
until=$((SECONDS + seconds))
while ((SECONDS < until)) && kill -0 "$(<"$work/trainer")" 2>/dev/null; do sleep 1; done
grep '"validation"' "$log" || true
tail -n 3 "$log"
python3 "$tools/pack.py" "$work/run" "$result"
