import { decodeImage, encodeJpeg, joinPath, listFolders, pathContent } from "#platform";
import { FormatError, InputError } from "../core/errors.ts";
import type { Size } from "../core/view.ts";
import { encodePng16 } from "../formats/png16.ts";
import { poseAt } from "../geometry/trajectory.ts";
import { nearestDepth } from "../rgbd/resize-view.ts";
import type { PosedCamera } from "../rgbd/rgbd-view.ts";
import { turnCamera, turnView } from "../rgbd/turn-view.ts";
import { arkitFolder } from "./arkitscenes.ts";
import { momentOf, namesOfMoment, quartersToUpright, readPincam, readTrajectory } from "./arkitscenes-release.ts";
import { checkedView, type DepthImage } from "./checked-view.ts";
import type { Split } from "./dataset.ts";
import { MILLIMETER } from "./metadata-set.ts";
import { type PreparationReport, type SkippedFrame, writeFile } from "./prepare-frames.ts";
import { type MetadataJob, prepareMetadataSet } from "./prepare-metadata-set.ts";
import type { PrepareOptions } from "./prepare-options.ts";
import { readPngDepth } from "./read-depth.ts";

/**
 * Makes ARKitScenes' raw release ready for training: poses at the photos' times, everything turned upright, depth brought
 * to the photos' size, in the layout that `openArkitScenes` reads. Photos and pairs are those of the published lists where
 * `options.pairs` is their folder; otherwise up to 200 photos a scene, and pairs by overlap. A run that was cut off goes on.
 */
export async function prepareArkitScenes(
  from: string,
  to: string,
  options: PrepareOptions,
): Promise<PreparationReport> {
  const reports: PreparationReport[] = [];
  for (const split of ["train", "validation"] as const) {
    const folder = arkitFolder(from, split);
    const scenes = await listFolders(folder);
    if (scenes.length > 0) reports.push(await prepareSplit(folder, to, { split, scenes, options }));
  }
  if (reports.length === 0) throw new InputError(`${from}: there are no scenes in it (Training/41048190, Test/…)`);
  const total = (key: "scenes" | "frames" | "reused" | "pairs"): number =>
    reports.reduce((sum, each) => sum + each[key], 0);
  return {
    scenes: total("scenes"),
    frames: total("frames"),
    reused: total("reused"),
    pairs: total("pairs"),
    skipped: reports.flatMap(({ skipped }) => skipped),
  };
}

function prepareSplit(
  folder: string,
  to: string,
  { split, scenes, options }: { split: Split; scenes: readonly string[]; options: PrepareOptions },
): Promise<PreparationReport> {
  const target = arkitFolder(to, split);
  const { pairs } = options;
  return prepareMetadataSet(
    target,
    {
      scenes,
      photos: (scene) => photosOf(joinPath(folder, scene, "vga_wide")),
      jobs: (scene, photos) => jobsOf(folder, target, scene, photos),
    },
    { ...options, pairs: pairs === undefined ? undefined : arkitFolder(pairs, split) },
  );
}

async function photosOf(folder: string): Promise<string[]> {
  const content = await pathContent(folder);
  const files = content.kind === "folder" ? content.files : [];
  const names = files.flatMap((path) => /([^/\\]+)\.png$/.exec(path)?.[1] ?? []);
  return names.sort((a, b) => momentOf(a) - momentOf(b));
}

async function jobsOf(
  folder: string,
  to: string,
  scene: string,
  photos: readonly string[],
): Promise<{ jobs: MetadataJob[]; skipped: SkippedFrame[] }> {
  const jobs: MetadataJob[] = [];
  const skipped: SkippedFrame[] = [];
  if (photos.length === 0) return { jobs, skipped };
  const at = (...path: readonly string[]): string => joinPath(folder, scene, ...path);
  const trajectory = await readTrajectory(at("lowres_wide.traj"));
  const quarters = quartersToUpright(trajectory.map(({ worldFromCam }) => worldFromCam));
  for (const image of photos) {
    const name = `${scene}/${image}`;
    const worldFromCam = poseAt(trajectory, momentOf(image));
    if (worldFromCam === undefined) {
      skipped.push({ frame: name, problem: `${at("lowres_wide.traj")}: has no pose at ${momentOf(image)} s` });
      continue;
    }
    try {
      const camera = { ...(await readPincam(at("vga_wide_intrinsics"), image)), worldFromCam };
      jobs.push(jobOf({ from: joinPath(folder, scene), to: joinPath(to, scene), name, image, camera, quarters }));
    } catch (error) {
      if (!(error instanceof InputError || error instanceof FormatError)) throw error;
      skipped.push({ frame: name, problem: error.message });
    }
  }
  return { jobs, skipped };
}

interface ArkitFrame {
  readonly from: string;
  readonly to: string;
  readonly name: string;
  readonly image: string;
  /** Of the photo as it was taken. */
  readonly camera: PosedCamera;
  readonly quarters: number;
}

function jobOf({ from, to, name, image, camera, quarters }: ArkitFrame): MetadataJob {
  const finished = joinPath(to, "lowres_depth", `${image}.png`);
  return {
    name,
    image,
    finished,
    camera: turnCamera(camera, quarters),
    async run() {
      const photo = joinPath(from, "vga_wide", `${image}.png`);
      const picture = await decodeImage(photo);
      if (picture.width !== camera.width || picture.height !== camera.height) {
        const found = `found ${picture.width}x${picture.height} pixels`;
        throw new FormatError(photo, `${found}; its intrinsics are for ${camera.width}x${camera.height}`);
      }
      const depth = enlarged(await readDepth(joinPath(from, "lowres_depth"), image), picture);
      const view = turnView(checkedView(picture, depth, camera, photo), quarters);
      const { width, height } = view;
      const data = Uint16Array.from(view.depth, (z) => Math.round(z / MILLIMETER));
      await writeFile(joinPath(to, "vga_wide", `${image}.jpg`), await encodeJpeg(view));
      await writeFile(finished, await encodePng16({ width, height, data }));
    },
  };
}

async function readDepth(folder: string, image: string): Promise<DepthImage> {
  for (const name of namesOfMoment(image)) {
    const path = joinPath(folder, `${name}.png`);
    if ((await pathContent(path)).kind === "file") return readPngDepth(path, MILLIMETER);
  }
  throw new InputError(`${joinPath(folder, `${image}.png`)}: there is no such file; the photo's depth is expected`);
}

/** Depth at the photo's size, from the nearest pixel. */
function enlarged(image: DepthImage, { width, height }: Size): DepthImage {
  const scale = { scaleX: image.width / width, scaleY: image.height / height, left: 0, top: 0 };
  return { width, height, depth: nearestDepth(image, { width, height }, scale) };
}
