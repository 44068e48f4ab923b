import { openOutputFolder } from "#platform";
import type { AnswerStatus } from "../core/answer-status.ts";
import type { RunOptions } from "../core/progress.ts";
import type { Scene, SceneImage } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { checkScene } from "../export/check-scene.ts";
import { encodeDepthMap, mapScale } from "../export/depth-maps.ts";
import { originalDepth } from "../export/original-pixels.ts";
import { outputNames } from "../export/output-names.ts";
import { calibrationRows } from "../formats/camera-matrices.ts";
import { encodeExr } from "../formats/exr-writer.ts";
import { encodeNpz } from "../formats/npz.ts";
import { originalIntrinsics } from "../geometry/pixel-mapping.ts";
import type { DepthFormat } from "./depth-formats.ts";
import type { Reconstruction } from "./reconstruction.ts";
import { sceneVerdict } from "./scene-verdict.ts";

/** A depth map that was written, and what its numbers mean. */
export interface WrittenDepth {
  /** The photo. */
  readonly file: string;
  /** The map, in the first of the formats, relative to the folder. */
  readonly depth: string;
  /** z-depth = scale × value of the PNG, 0 where there is none. */
  readonly scale: number;
  /** 3×3, in original pixels. */
  readonly K: readonly (readonly number[])[];
}

/** What was written. */
export interface WrittenDepthFolder {
  readonly status: AnswerStatus;
  /** Reasons to doubt the result, one sentence each. */
  readonly warnings: readonly string[];
  readonly units: Scene["units"];
  readonly images: readonly WrittenDepth[];
  /** Names of photos that could not be connected to the others: they have no depth map. */
  readonly left_out: readonly string[];
}

/** What is written, and over what. */
export interface WriteDepthFolderOptions extends RunOptions {
  /** PNG when left out. */
  readonly formats?: readonly DepthFormat[] | undefined;
  /** Replaces also files that no earlier run wrote, or that were changed since; refused when left out. */
  readonly force?: boolean | undefined;
}

/** What is to be written, as far as it is known before the work. */
export interface DepthPlan {
  readonly names: readonly string[];
  readonly inputs: readonly string[];
  readonly formats: readonly DepthFormat[];
  readonly force?: boolean | undefined;
}

/** Throws an `InputError` where `writeDepthFolder` would replace what no earlier run wrote there. */
export async function claimDepthFolder(path: string, { names, formats, ...rules }: DepthPlan): Promise<void> {
  await using folder = await openOutputFolder(path, "protect");
  const stems = outputNames(names.map((name) => ({ name })));
  await folder.claim(
    stems.flatMap((stem) => ["json", ...formats].map((extension) => `depth/${stem}.${extension}`)),
    rules,
  );
}

/**
 * Writes `depth/NAME.png` (or the formats asked for) for every photo at its own resolution, and beside each `NAME.json` with what its
 * numbers mean; nothing appears in the folder unless all does.
 */
export async function writeDepthFolder(
  { scene, views, warnings = [] }: Pick<Reconstruction, "scene" | "views" | "warnings">,
  path: string,
  { formats = ["png"], force, onProgress, signal }: WriteDepthFolderOptions = {},
): Promise<WrittenDepthFolder> {
  checkScene(scene, views);
  await using folder = await openOutputFolder(path, "protect");
  const names = outputNames(views);
  const images: WrittenDepth[] = [];
  for (const [i, image] of scene.images.entries()) {
    signal?.throwIfAborted();
    if (!image.registered) continue;
    const view = views[i]!;
    const description = { scale: mapScale(image.depth), K: originalCalibration(image, view) };
    await folder.write(`depth/${names[i]}.json`, new TextEncoder().encode(`${JSON.stringify(description)}\n`));
    for (const format of formats)
      await folder.write(`depth/${names[i]}.${format}`, await ENCODERS[format](image, view));
    images.push({ file: view.name, depth: `depth/${names[i]}.${formats[0]}`, ...description });
    onProgress?.({ stage: "export", done: i + 1, total: views.length, item: view.name });
  }
  await folder.commit({ force });
  const leftOut = views.filter((_, i) => !scene.images[i]!.registered).map(({ name }) => name);
  const verdict = sceneVerdict(scene, views);
  const lost = leftOut.map((name) => `${name} could not be connected to the other photos: it has no depth map.`);
  const all = [...new Set([...warnings, ...verdict.warnings, ...lost])];
  return { status: verdict.status, warnings: all, units: scene.units, images, left_out: leftOut };
}

type EncodeDepth = (image: SceneImage, view: View) => Uint8Array | Promise<Uint8Array>;

const ENCODERS: Readonly<Record<DepthFormat, EncodeDepth>> = {
  png: encodeDepthMap,
  npz(image, view) {
    const { width, height } = view.original;
    const K = Float64Array.from(originalCalibration(image, view).flat());
    const depth = { shape: [height, width], data: originalDepth(image.depth, view) };
    return encodeNpz({ depth, K: { shape: [3, 3], data: K } });
  },
  exr(image, view) {
    return encodeExr({ ...view.original, channels: new Map([["Z", originalDepth(image.depth, view)]]) });
  },
};

function originalCalibration({ intrinsics }: SceneImage, { originalFromNetwork }: View): number[][] {
  return calibrationRows(originalIntrinsics(intrinsics, originalFromNetwork));
}
