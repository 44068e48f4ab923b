import { joinPath } from "#platform";
import type { DenseScene } from "../../core/dense-scene.ts";
import { InputError, isUserError } from "../../core/errors.ts";
import type { RgbImage } from "../../core/rgb-image.ts";
import type { Scene } from "../../core/scene.ts";
import type { View } from "../../core/view.ts";
import { atDenseSize } from "../../export/dense-maps.ts";
import { originalDepth } from "../../export/original-pixels.ts";
import { originalIntrinsics } from "../../geometry/pixel-mapping.ts";
import { invertRigid } from "../../geometry/pose.ts";
import { loadViews } from "../../images/load-views.ts";
import { predictViews } from "../../pipeline/predict-pairs.ts";
import { reconstructViews } from "../../pipeline/reconstruct.ts";
import { depthColors, depthRange } from "../../rgbd/depth-colors.ts";
import type { SceneFileImage } from "../../scene-file/read-scene-file.ts";
import { matchViews } from "../../tasks/match-views.ts";
import type { Evaluated } from "../benchmark.ts";
import type { EvaluatedNetwork } from "../evaluated-network.ts";
import { measuredDense } from "../measured-dense.ts";
import { type MatchMetrics, matchMetrics } from "./match-metrics.ts";
import type { Subset, TruthSubset } from "./protocol.ts";
import {
  type CameraMetrics,
  cameraMetrics,
  type DepthMetrics,
  depthMetrics,
  type FocalMetrics,
  type FoundImage,
  focalMetrics,
} from "./scene-metrics.ts";
import { readTruthMap, type TruthScene } from "./truth-scene.ts";

/** A subset's metrics, named as in `evaluation.json` of the evaluator. */
export type SubsetMetrics = Omit<Subset, "files" | "id"> & {
  /** `failed`: there is no result, which counts as the worst possible one. */
  readonly status: "ok" | "failed";
  readonly error?: string;
} & Partial<CameraMetrics> &
  Partial<FocalMetrics> &
  Partial<MatchMetrics> & { readonly depth?: DepthMetrics | null };

/** Runs the network on a subset as the commands for users do, and compares with the ground truth. */
export async function evaluateSubset(
  { subset, scene }: TruthSubset,
  network: EvaluatedNetwork,
): Promise<Evaluated<SubsetMetrics>> {
  const { id, files, ...facts } = subset;
  const wanted = files.map((file) => scene.images.find((image) => image.file === file)!);
  const views = await loadSubset(scene, wanted, network);
  if (subset.task === "match") {
    const [view1, view2, ...rest] = views;
    if (view2 === undefined || rest.length > 0) throw new InputError(`${id}: matches are between two photos`);
    const { pixels1, pixels2 } = matchViews(
      [view1!, view2],
      await predictViews(network, views, { signal: network.signal }),
    );
    const matches = Array.from({ length: pixels1.length / 2 }, (_, i) => {
      const at = (pixels: Float32Array) => [pixels[2 * i]!, pixels[2 * i + 1]!] as const;
      return [at(pixels1), at(pixels2)] as const;
    });
    const metrics = await matchMetrics(scene, [wanted[0]!, wanted[1]!], matches);
    const accurate = metrics.position?.within_2pct ?? metrics.epipolar?.within_2pct ?? 0;
    return {
      metrics: { ...facts, status: "ok", ...metrics },
      badness: 1 - accurate,
      pictures: () => views,
    };
  }
  const paths = wanted.map(({ file }) => joinPath(scene.folder, file));
  const { result, error } = await reconstructOrFail(network, views, paths);
  const dense = result && (await measuredDense(network, result, views, paths));
  const truthDepth = await truthMaps(scene, wanted);
  const found = foundImages(result, views);
  const depth = depthMetrics(truthDepth, await foundDepth(result, views, dense?.maps));
  const cameras = subset.task === "reconstruct" ? cameraMetrics(wanted, found, scene.extent) : undefined;
  const metrics: SubsetMetrics = {
    ...facts,
    status: error === undefined ? "ok" : "failed",
    ...(error === undefined ? {} : { error }),
    images: wanted.length,
    registered: found.filter((image) => image?.camFromWorld).length,
    ...cameras,
    ...focalMetrics(wanted, found),
    depth,
  };
  const badness = cameras === undefined ? (depth?.abs_rel ?? 0) : 1 - (cameras.maa30 ?? 0);
  return { metrics, badness, pictures: () => subsetPictures(result, views) };
}

async function loadSubset(scene: TruthScene, wanted: readonly SceneFileImage[], { plan, signal }: EvaluatedNetwork) {
  const paths = wanted.map(({ file }) => joinPath(scene.folder, file));
  const bent = wanted.flatMap(({ lens }, i) => (lens === null ? [] : [[paths[i]!, lens] as const]));
  const lenses = bent.length > 0 ? { shared: undefined, byPhoto: new Map(bent) } : undefined;
  const views = await loadViews(paths, { ...plan, lenses, signal });
  for (const [i, { width, height }] of wanted.entries()) {
    const { original } = views[i]!;
    if (original.width === width && original.height === height) continue;
    throw new InputError(
      `${paths[i]}: is ${original.width}x${original.height}; its ground truth is for ${width}x${height}`,
    );
  }
  return views;
}

/** Photos that cannot be reconstructed are a result, the worst one. */
async function reconstructOrFail(
  network: EvaluatedNetwork,
  views: readonly View[],
  files: readonly string[],
): Promise<{ readonly result?: Scene; readonly error?: string }> {
  const { refine, featureSize, signal } = network;
  try {
    return { result: await reconstructViews(network, views, { files, signal, refine, featureSize }) };
  } catch (error) {
    if (isUserError(error)) return { error: error.message };
    throw error;
  }
}

function foundImages(result: Scene | undefined, views: readonly View[]): readonly (FoundImage | null)[] {
  return views.map((view, i) => {
    const image = result?.images[i];
    if (image === undefined) return null;
    const { fx } = originalIntrinsics(image.intrinsics, view.originalFromNetwork);
    return { camFromWorld: image.registered ? invertRigid(image.worldFromCam) : null, focal: fx };
  });
}

function foundDepth(result: Scene | undefined, views: readonly View[], maps: DenseScene["maps"] = []) {
  return Promise.all(
    views.map(async (view, i) => {
      const [image, map] = [result?.images[i], await maps[i]?.load()];
      if (!image?.registered) return null;
      const measured = map === undefined ? { image, view } : atDenseSize(image, view, map);
      return { ...view.original, depth: originalDepth(measured.image.depth, measured.view) };
    }),
  );
}

function truthMaps(scene: TruthScene, wanted: readonly SceneFileImage[]) {
  return Promise.all(
    wanted.map((image) => (image.depth === null ? null : readTruthMap(scene.folder, image.depth, image))),
  );
}

/** Photos of a subset that a picture of it shows. */
const MOST_SHOWN = 4;

function subsetPictures(result: Scene | undefined, views: readonly View[]): RgbImage[] {
  const maps = result?.images.slice(0, MOST_SHOWN) ?? [];
  const range = depthRange(maps.map(({ depth }) => depth));
  return views.slice(0, MOST_SHOWN).flatMap((view, i) => {
    const map = maps[i];
    const { width, height } = view;
    return map === undefined ? view : [view, { width, height, rgb: depthColors(map.depth, range) }];
  });
}
