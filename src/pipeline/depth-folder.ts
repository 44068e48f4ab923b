import { openOutputFolder } from "#platform";
import type { AnswerStatus } from "../core/answer-status.ts";
import type { DenseMap } from "../core/dense-scene.ts";
import type { RunOptions } from "../core/progress.ts";
import type { Scene, SceneImage } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { checkScene } from "../export/check-scene.ts";
import { atDenseSize, encodeSourceMap, originalSource } from "../export/dense-maps.ts";
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
  /** Where depth comes from, relative to the folder: 1 not measured, 2 stereo; undefined where all is the network's. */
  readonly source?: string;
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
  /** Depth will be measured: there will be maps of where it comes from. */
  readonly isDense: boolean;
  readonly force?: boolean | undefined;
}

/** Throws an `InputError` where `writeDepthFolder` would replace what no earlier run wrote there. */
export async function claimDepthFolder(path: string, { names, formats, isDense, ...rules }: DepthPlan): Promise<void> {
  await using folder = await openOutputFolder(path, "protect");
  const stems = outputNames(names.map((name) => ({ name })));
  await folder.claim(
    stems.flatMap((stem) => [
      ...["json", ...formats].map((extension) => `depth/${stem}.${extension}`),
      ...(isDense ? [`source/${stem}.png`] : []),
    ]),
    rules,
  );
}

/**
 * Writes `depth/NAME.png` (or the formats asked for) for every photo at its own resolution, beside each `NAME.json` with what its
 * numbers mean, and where depth was measured `source/NAME.png`; nothing appears in the folder unless all does.
 */
export async function writeDepthFolder(
  { scene, views, dense, warnings = [] }: Pick<Reconstruction, "scene" | "views" | "dense" | "warnings">,
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
    const map = await dense?.maps[i]?.load();
    const photo: DepthPhoto = {
      ...(map ? atDenseSize(image, view, map) : { image, view }),
      map,
      K: originalCalibration(image, view),
    };
    const source = map && `source/${names[i]}.png`;
    const description = { scale: mapScale(photo.image.depth), K: photo.K, ...(source && { source }) };
    await folder.write(`depth/${names[i]}.json`, new TextEncoder().encode(`${JSON.stringify(description)}\n`));
    for (const format of formats) await folder.write(`depth/${names[i]}.${format}`, await ENCODERS[format](photo));
    if (map && source) await folder.write(source, await encodeSourceMap(map, view));
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

/** A photo with its depth, at the size of its depth. */
interface DepthPhoto {
  readonly image: SceneImage;
  readonly view: View;
  /** Where depth was measured. */
  readonly map: DenseMap | undefined;
  /** In original pixels. */
  readonly K: readonly (readonly number[])[];
}

type EncodeDepth = (photo: DepthPhoto) => Uint8Array | Promise<Uint8Array>;

const ENCODERS: Readonly<Record<DepthFormat, EncodeDepth>> = {
  png: ({ image, view }) => encodeDepthMap(image, view),
  npz({ image, view, map, K }) {
    const { width, height } = view.original;
    const depth = { shape: [height, width], data: originalDepth(image.depth, view) };
    const source = map && { source: { shape: [height, width], data: originalSource(map, view) } };
    return encodeNpz({ depth, K: { shape: [3, 3], data: Float64Array.from(K.flat()) }, ...source });
  },
  exr({ image, view, map }) {
    const channels = new Map([["Z", originalDepth(image.depth, view)]]);
    if (map) channels.set("source", Float32Array.from(originalSource(map, view)));
    return encodeExr({ ...view.original, channels });
  },
};

function originalCalibration({ intrinsics }: SceneImage, { originalFromNetwork }: View): number[][] {
  return calibrationRows(originalIntrinsics(intrinsics, originalFromNetwork));
}
