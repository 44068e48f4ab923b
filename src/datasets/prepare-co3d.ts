import { encode } from "fast-png";
import { encodeJpeg, joinPath, listFolders, pathContent, writeText } from "#platform";
import { InputError } from "../core/errors.ts";
import { encodePng16 } from "../formats/png16.ts";
import { centeredView } from "../rgbd/centered-view.ts";
import { coveringSize, resizeView } from "../rgbd/resize-view.ts";
import type { RgbdView } from "../rgbd/rgbd-view.ts";
import { co3dPaths } from "./co3d.ts";
import { type Co3dFrame, co3dFrames } from "./co3d-annotations.ts";
import { readCo3dFrame } from "./co3d-release.ts";
import type { Split } from "./dataset.ts";
import { selectionPath } from "./object-sequences.ts";
import {
  type FrameJob,
  type PreparationReport,
  prepareFrames,
  refuseNothing,
  type SkippedFrame,
  writeFile,
} from "./prepare-frames.ts";
import type { PrepareOptions } from "./prepare-options.ts";
import { sequencePairs } from "./sequence-pairs.ts";
import { encodeCamera } from "./write-camera.ts";

/** Prepared frames are at least this large, as published. */
const LEAST_SIZE = { width: 512, height: 384 };

interface Co3dJob extends FrameJob {
  readonly category: string;
  readonly frame: Co3dFrame;
}

/**
 * Makes CO3Dv2's release ready for training: of every category the chosen sequences, each frame cut around its principal
 * point and brought to about 512x384 pixels, in the layout that `openCo3d` reads. A run that was cut off goes on.
 */
export async function prepareCo3d(from: string, to: string, options: PrepareOptions): Promise<PreparationReport> {
  const categories: string[] = [];
  for (const category of await listFolders(from)) {
    const annotations = joinPath(from, category, "frame_annotations.jgz");
    if ((await pathContent(annotations)).kind === "file") categories.push(category);
  }
  if (categories.length === 0) {
    throw new InputError(`${from}: there is no category in it (a folder with frame_annotations.jgz)`);
  }
  const ready: Co3dJob[] = [];
  const skipped: SkippedFrame[] = [];
  let reused = 0;
  for (const category of categories) {
    const jobs = (await co3dFrames(from, category)).map((frame) => jobOf(from, to, category, frame));
    const finished = await prepareFrames(jobs, options);
    ready.push(...finished.ready);
    skipped.push(...finished.skipped);
    reused += finished.reused;
  }
  refuseNothing(ready.length, skipped);
  const selections = { train: selectionOf(ready, "train"), validation: selectionOf(ready, "validation") };
  for (const split of ["train", "validation"] as const) {
    await writeText(selectionPath(to, split), JSON.stringify(selections[split]));
  }
  const lengths = Object.values(selections).flatMap((selection) =>
    Object.values(selection).flatMap((sequences) => Object.values(sequences).map(({ length }) => length)),
  );
  return { scenes: lengths.length, frames: ready.length, reused, pairs: sequencePairs(lengths).pairs, skipped };
}

function jobOf(from: string, to: string, category: string, frame: Co3dFrame): Co3dJob {
  const paths = co3dPaths(to, { category, name: frame.sequence_name, frames: [] }, frame.frame_number);
  return {
    category,
    frame,
    name: `${category}/${frame.sequence_name}/${frame.frame_number}`,
    finished: paths.camera,
    async run() {
      const { view, mask } = await readCo3dFrame(from, frame);
      const prepared = brought(view);
      const { width, height } = prepared;
      const maximum = prepared.depth.reduce((most, z) => Math.max(most, z), 0);
      const data = Uint16Array.from(prepared.depth, (z) => Math.floor((z / maximum) * 65535));
      // The mask goes the way of the depth.
      const shown = Uint8Array.from(brought({ ...view, depth: mask }).depth);
      await writeFile(paths.photo, await encodeJpeg(prepared));
      await writeFile(paths.depth, await encodePng16({ width, height, data }));
      await writeFile(paths.mask, encode({ width, height, data: shown, channels: 1 }));
      await writeFile(paths.camera, encodeCamera("camera_pose", prepared, { maximum_depth: maximum }));
    },
  };
}

function brought(view: RgbdView): RgbdView {
  const centered = centeredView(view);
  return resizeView(centered, coveringSize(centered, LEAST_SIZE));
}

/** Category, sequence, its frames in order. */
type Selection = Record<string, Record<string, number[]>>;

function selectionOf(jobs: readonly Co3dJob[], split: Split): Selection {
  const selection: Selection = {};
  for (const { category, frame } of jobs) {
    if (frame.split !== split) continue;
    const sequences = selection[category] ?? {};
    const frames = [...(sequences[frame.sequence_name] ?? []), frame.frame_number];
    selection[category] = { ...sequences, [frame.sequence_name]: frames.sort((a, b) => a - b) };
  }
  return selection;
}
