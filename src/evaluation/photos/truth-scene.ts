import { z } from "zod";
import { joinPath } from "#platform";
import type { Intrinsics, Pose } from "../../core/camera.ts";
import { FormatError } from "../../core/errors.ts";
import type { Size } from "../../core/view.ts";
import { parseCalibrationRows, parsePoseRows } from "../../formats/camera-matrices.ts";
import { invertRigid } from "../../geometry/pose.ts";
import { readDepthPng } from "../depth-png.ts";
import type { DepthMap } from "../metrics/depth-errors.ts";
import { cameraExtent } from "../metrics/pose-errors.ts";
import { readJson } from "../read-json.ts";

const mapSchema = z.object({ file: z.string(), scale: z.number().positive() });

const sceneSchema = z.object({
  name: z.string().optional(),
  kind: z.enum(["multiview", "pair", "stereo", "single"]).default("multiview"),
  images: z
    .array(
      z.object({
        file: z.string(),
        width: z.number().int().positive(),
        height: z.number().int().positive(),
        K: z.unknown().optional(),
        cam_from_world: z.unknown().optional(),
        world_from_cam: z.unknown().optional(),
        depth: mapSchema.nullish(),
        disparity: mapSchema.extend({ match_image: z.string() }).nullish(),
      }),
    )
    .min(1),
});

/** A 16-bit grey PNG whose values are multiplied by `scale`; 0 is nothing. */
export interface TruthMap {
  readonly file: string;
  readonly scale: number;
}

/** What is known of one photo. */
export interface TruthImage extends Size {
  readonly file: string;
  /** Of this photo; null where not known. */
  readonly intrinsics: Intrinsics | null;
  readonly camFromWorld: Pose | null;
  readonly depth: TruthMap | null;
  readonly disparity: (TruthMap & { readonly match_image: string }) | null;
}

/** Photos with ground truth: a folder with a `scene.json`. */
export interface TruthScene {
  readonly folder: string;
  readonly name: string;
  readonly kind: "multiview" | "pair" | "stereo" | "single";
  readonly images: readonly TruthImage[];
  /** Largest distance between two of its cameras; 0 where there are no poses. */
  readonly extent: number;
}

/** Reads and checks a scene's ground truth; an `InputError` or `FormatError` says what is wrong with it. */
export async function readTruthScene(folder: string): Promise<TruthScene> {
  const path = joinPath(folder, "scene.json");
  const {
    kind,
    images,
    name = folder.split(/[\\/]/).findLast((part) => part !== "") ?? "photos",
  } = await readJson(path, sceneSchema);
  const twice = images.find(({ file }, i) => images.findIndex((other) => other.file === file) < i);
  if (twice !== undefined) throw new FormatError(path, `${twice.file} is listed twice`);
  const truth = images.map(({ K, cam_from_world, world_from_cam, ...image }): TruthImage => {
    const where = `${path}, ${image.file}`;
    return {
      ...image,
      intrinsics: K ? intrinsicsOf(K, image, where) : null,
      camFromWorld: cam_from_world
        ? parsePoseRows(cam_from_world, `${where}: cam_from_world`)
        : world_from_cam
          ? invertRigid(parsePoseRows(world_from_cam, `${where}: world_from_cam`))
          : null,
      depth: image.depth ?? null,
      disparity: image.disparity ?? null,
    };
  });
  const extent = cameraExtent(truth.flatMap(({ camFromWorld }) => camFromWorld ?? []));
  return { folder, name, kind, images: truth, extent };
}

/** Reads a map of the truth; it must have the size of its photo. */
export async function readTruthMap(folder: string, map: TruthMap, { width, height }: Size): Promise<DepthMap> {
  const path = joinPath(folder, map.file);
  const read = await readDepthPng(path, map.scale);
  if (read.width === width && read.height === height) return read;
  throw new FormatError(path, `is ${read.width}x${read.height}, its photo ${width}x${height}`);
}

function intrinsicsOf(K: unknown, { width, height }: Size, where: string): Intrinsics {
  const intrinsics = parseCalibrationRows(K, `${where}: K`);
  const { cx, cy } = intrinsics;
  if (cx >= 0 && cx <= width && cy >= 0 && cy <= height) return intrinsics;
  throw new FormatError(
    where,
    `K has its principal point outside of the ${width}x${height} photo: it is of another size`,
  );
}
