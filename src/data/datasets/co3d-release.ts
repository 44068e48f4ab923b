import { z } from "zod";
import { decodeImage, joinPath, openFile, readBytes, readText } from "#platform";
import type { Intrinsics, Pose } from "../../core/camera.ts";
import { FormatError, InputError } from "../../core/errors.ts";
import type { Size } from "../../core/view.ts";
import { parsePoseRows } from "../../formats/camera-matrices.ts";
import { widenHalf } from "../../formats/float16.ts";
import { readJsonArray } from "../../formats/json-array.ts";
import { parseJsonText } from "../../formats/json-text.ts";
import { decodePng16 } from "../../formats/png16.ts";
import { invertRigid } from "../../geometry/pose.ts";
import type { RgbdView } from "../rgbd-view.ts";
import { checkedView, type DepthImage } from "./checked-view.ts";
import type { Split } from "./dataset.ts";
import { shuffled } from "./shuffled.ts";

/** The release's names of a split. */
const SPLITS: Readonly<Record<Split, "train" | "test">> = { train: "train", validation: "test" };
/** The whole release has the first of these lists, its excerpt of one sequence a category the second. */
const SET_LISTS = ["set_lists_fewview_train.json", "set_lists_manyview_dev_0.json"];
/** Sequences per category and split, as published. */
const MOST_SEQUENCES = 50;
/** Sequences whose cameras are less sure than this are left out, as published. */
const LEAST_QUALITY = 0.5;
const MOST_LIST_BYTES = 2 ** 28;

const setListSchema = z.record(z.string(), z.array(z.tuple([z.string(), z.int(), z.string()])));
const sequenceSchema = z.object({ sequence_name: z.string(), viewpoint_quality_score: z.number().nullish() });

/** A camera in PyTorch3D's terms. */
interface Viewpoint {
  readonly R: readonly (readonly number[])[];
  readonly T: readonly number[];
  readonly focal_length: readonly [number, number];
  readonly principal_point: readonly [number, number];
  readonly intrinsics_format?: string | null | undefined;
}

/** What the release says of a frame; paths are below its folder, the size is height and width. */
interface FrameAnnotation {
  readonly sequence_name: string;
  readonly frame_number: number;
  readonly image: { readonly path: string; readonly size: readonly [number, number] };
  readonly depth?:
    | { readonly path: string; readonly scale_adjustment: number; readonly mask_path?: string | null | undefined }
    | null
    | undefined;
  readonly mask?: { readonly path: string } | null | undefined;
  readonly viewpoint?: Viewpoint | null | undefined;
}

const frameSchema: z.ZodType<FrameAnnotation> = z.object({
  sequence_name: z.string(),
  frame_number: z.int(),
  image: z.object({ path: z.string(), size: z.tuple([z.int(), z.int()]) }),
  depth: z.object({ path: z.string(), scale_adjustment: z.number(), mask_path: z.string().nullish() }).nullish(),
  mask: z.object({ path: z.string() }).nullish(),
  viewpoint: z
    .object({
      R: z.array(z.array(z.number()).length(3)).length(3),
      T: z.array(z.number()).length(3),
      focal_length: z.tuple([z.number(), z.number()]),
      principal_point: z.tuple([z.number(), z.number()]),
      intrinsics_format: z.string().nullish(),
    })
    .nullish(),
});

/** A frame that was chosen. */
export interface Co3dFrame extends FrameAnnotation {
  readonly split: Split;
}

/** A frame of the release, its mask beside it. */
export interface Co3dView {
  readonly view: RgbdView;
  /** `[height, width]`, from 0 for the background to 255 for the object. */
  readonly mask: Float32Array;
}

/**
 * The frames of a category that are for training or validation: of either, at most 50 sequences, drawn at random from those
 * whose cameras are sure.
 */
export async function co3dFrames(folder: string, category: string): Promise<readonly Co3dFrame[]> {
  const splits = await drawSequences(folder, category);
  const frames: Co3dFrame[] = [];
  for await (const value of entriesOf(joinPath(folder, category, "frame_annotations.jgz"), frameSchema)) {
    const split = splits.get(`${value.sequence_name} ${value.frame_number}`);
    if (split !== undefined) frames.push({ ...value, split });
  }
  return frames;
}

/** Which split the chosen frames are of. */
async function drawSequences(folder: string, category: string): Promise<ReadonlyMap<string, Split>> {
  const sure = new Set<string>();
  for await (const entry of entriesOf(joinPath(folder, category, "sequence_annotations.jgz"), sequenceSchema)) {
    if ((entry.viewpoint_quality_score ?? 0) > LEAST_QUALITY) sure.add(entry.sequence_name);
  }
  const lists = await readSetLists(joinPath(folder, category, "set_lists"));
  const chosen = new Map<string, Split>();
  for (const split of ["train", "validation"] as const) {
    const listed = lists[SPLITS[split]] ?? [];
    const names = shuffled(
      [...new Set(listed.map(([name]) => name))].filter((name) => sure.has(name)).sort(),
      `co3d ${category}`,
    );
    const taken = new Set(names.slice(0, MOST_SEQUENCES));
    for (const [name, frame] of listed) if (taken.has(name)) chosen.set(`${name} ${frame}`, split);
  }
  return chosen;
}

async function readSetLists(folder: string): Promise<z.infer<typeof setListSchema>> {
  for (const name of SET_LISTS) {
    const path = joinPath(folder, name);
    const text = await readText(path, MOST_LIST_BYTES);
    if (text !== undefined) return parsed(setListSchema, parseJsonText(text, path), path);
  }
  throw new InputError(`${folder}: there is neither ${SET_LISTS.join(" nor ")}; the release's set lists are expected`);
}

async function* entriesOf<S extends z.ZodType>(path: string, schema: S): AsyncGenerator<z.infer<S>> {
  const file = await openFile(path);
  try {
    for await (const value of readJsonArray(file)) yield parsed(schema, value, path);
  } finally {
    await file.close();
  }
}

function parsed<S extends z.ZodType>(schema: S, value: unknown, path: string): z.infer<S> {
  const result = schema.safeParse(value);
  if (!result.success) throw new FormatError(path, z.prettifyError(result.error).replaceAll("\n", " "));
  return result.data;
}

/** Reads a frame of the release. */
export async function readCo3dFrame(folder: string, { image, depth, mask, viewpoint }: Co3dFrame): Promise<Co3dView> {
  const photo = joinPath(folder, image.path);
  if (!viewpoint || !depth || !mask) {
    throw new FormatError(photo, "its annotation has no viewpoint, no depth or no mask");
  }
  const picture = await decodeImage(photo);
  const [height, width] = image.size;
  if (picture.width !== width || picture.height !== height) {
    throw new FormatError(
      photo,
      `found ${picture.width}x${picture.height} pixels; its annotation says ${width}x${height}`,
    );
  }
  const worldFromCam = invertRigid(openCvPose(viewpoint, photo));
  const intrinsics = openCvIntrinsics(viewpoint, picture, photo);
  const measured = await readHalfDepth(joinPath(folder, depth.path), depth.scale_adjustment);
  const known = depth.mask_path ? await maskedDepth(measured, joinPath(folder, depth.mask_path)) : measured;
  return {
    view: checkedView(picture, known, { intrinsics, worldFromCam }, photo),
    mask: await readMask(joinPath(folder, mask.path), picture),
  };
}

/** PyTorch3D multiplies rows, x_cam = x_world R + T, and has x to the left and y up. */
function openCvPose({ R, T }: Viewpoint, where: string): Pose {
  const row = (sign: number, k: number): number[] => [...R.map((each) => sign * each[k]!), sign * T[k]!];
  return parsePoseRows([row(-1, 0), row(-1, 1), row(1, 2)], where);
}

/** Units are half of the shorter side, or, in older annotations, half of each side; the origin is the middle. */
function openCvIntrinsics(viewpoint: Viewpoint, { width, height }: Size, where: string): Intrinsics {
  const { focal_length: focal, principal_point: centre, intrinsics_format: format } = viewpoint;
  const half = Math.min(width, height) / 2;
  const [unitX, unitY] = format === "ndc_isotropic" ? [half, half] : [width / 2, height / 2];
  if (!(focal[0] > 0 && focal[1] > 0))
    throw new FormatError(where, `focal lengths of ${focal.join(" and ")} in its annotation`);
  return {
    fx: focal[0] * unitX,
    fy: focal[1] * unitY,
    cx: width / 2 - centre[0] * unitX,
    cy: height / 2 - centre[1] * unitY,
  };
}

/** The codes of the picture are the bits of halves. */
async function readHalfDepth(path: string, scale: number): Promise<DepthImage> {
  const { width, height, data } = decodePng16(await readBytes(path), path);
  return { width, height, depth: widenHalf(data).map((z) => z * scale) };
}

async function maskedDepth(image: DepthImage, path: string): Promise<DepthImage> {
  const mask = await readMask(path, image);
  return { ...image, depth: image.depth.map((z, i) => (mask[i]! > 0 ? z : 0)) };
}

async function readMask(path: string, size: Size): Promise<Float32Array> {
  const { width, height, rgb } = await decodeImage(path);
  if (width !== size.width || height !== size.height) {
    throw new FormatError(path, `found ${width}x${height} pixels; its photo has ${size.width}x${size.height}`);
  }
  return Float32Array.from({ length: width * height }, (_, i) => rgb[3 * i]!);
}
