import { z } from "zod";
import { joinPath, openFile, readText } from "#platform";
import { FormatError, InputError } from "../core/errors.ts";
import { readJsonArray } from "../formats/json-array.ts";
import { parseJsonText } from "../formats/json-text.ts";
import type { Split } from "./dataset.ts";
import { shuffled } from "./shuffled.ts";

/** The release's names of a split. */
const SPLITS: Readonly<Record<Split, "train" | "test">> = { train: "train", validation: "test" };
/** The whole release has the first of these lists, its excerpt of one sequence a category the second. */
const SET_LISTS = ["set_lists_fewview_train.json", "set_lists_manyview_dev_0.json"];
/** Sequences per category and split, as published. */
const MOST_SEQUENCES = 50;
/** Sequences whose camera quality score is below this are left out, as published. */
const LEAST_QUALITY = 0.5;
const MOST_LIST_BYTES = 2 ** 28;

const setListSchema = z.record(z.string(), z.array(z.tuple([z.string(), z.int(), z.string()])));
const sequenceSchema = z.object({ sequence_name: z.string(), viewpoint_quality_score: z.number().nullish() });

/** A camera in PyTorch3D's terms. */
export interface Co3dViewpoint {
  readonly R: readonly (readonly number[])[];
  readonly T: readonly number[];
  readonly focal_length: readonly [number, number];
  readonly principal_point: readonly [number, number];
  readonly intrinsics_format?: string | null | undefined;
}

/** The release's annotation of a frame; paths are below its folder, the size is height and width. */
export interface FrameAnnotation {
  readonly sequence_name: string;
  readonly frame_number: number;
  readonly image: { readonly path: string; readonly size: readonly [number, number] };
  readonly depth?:
    | { readonly path: string; readonly scale_adjustment: number; readonly mask_path?: string | null | undefined }
    | null
    | undefined;
  readonly mask?: { readonly path: string } | null | undefined;
  readonly viewpoint?: Co3dViewpoint | null | undefined;
}

/** What is not finite makes its frame useless, but not the others. */
const number = z.union([z.number(), z.nan()]);
const frameSchema: z.ZodType<FrameAnnotation> = z.object({
  sequence_name: z.string(),
  frame_number: z.int(),
  image: z.object({ path: z.string(), size: z.tuple([z.int(), z.int()]) }),
  depth: z.object({ path: z.string(), scale_adjustment: z.number(), mask_path: z.string().nullish() }).nullish(),
  mask: z.object({ path: z.string() }).nullish(),
  viewpoint: z
    .object({
      R: z.array(z.array(number).length(3)).length(3),
      T: z.array(number).length(3),
      focal_length: z.tuple([number, number]),
      principal_point: z.tuple([number, number]),
      intrinsics_format: z.string().nullish(),
    })
    .nullish(),
});

/** A frame that was chosen. */
export interface Co3dFrame extends FrameAnnotation {
  readonly split: Split;
}

/**
 * The frames of a category that are for training or validation: of either, at most 50 sequences, drawn at random from
 * those of sufficient camera quality.
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
