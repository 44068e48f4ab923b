import { z } from "zod";
import { readText } from "#platform";
import { FormatError, InputError } from "../core/errors.ts";
import type { AlignmentReport } from "../core/scene.ts";
import { parseJsonText } from "../formats/json-text.ts";

/** Scenes of thousands of photos stay far below it. */
const SIZE_LIMIT = 2 ** 28;

/** A 16-bit grey PNG beside a `scene.json`: value = scale × number, 0 for none. */
export interface StoredMap {
  /** Relative to the scene's folder. */
  readonly file: string;
  readonly scale: number;
}

/** One photo of a `scene.json`; its matrices are still to be checked. */
export interface SceneFileImage {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly registered: boolean;
  readonly K?: unknown;
  readonly world_from_cam?: unknown;
  readonly depth?: StoredMap | null | undefined;
  readonly confidence?: StoredMap | null | undefined;
}

/** What is read of a `scene.json`, a reconstruction's or that of posed RGB-D photos in the same format. */
export interface SceneFile {
  readonly units?: "arbitrary" | "metres" | null | undefined;
  readonly model?: { readonly name: string; readonly dtype: string; readonly device: string } | undefined;
  readonly images: readonly SceneFileImage[];
  /** How it was aligned; what programs other than this one write is taken for the simplest. */
  readonly alignment: AlignmentReport;
  readonly pairs: readonly { readonly image1: string; readonly image2: string; readonly mean_confidence: number }[];
}

const mapSchema = z.object({ file: z.string().min(1), scale: z.number().positive() });

/** Written by this program and passed through: only what every report has is checked. */
const alignmentSchema = z
  .looseObject({ method: z.string(), loss: z.number().nullable(), iterations: z.number(), seconds: z.number() })
  .default({ method: "pair", loss: null, iterations: 0, seconds: 0 }) as unknown as z.ZodType<AlignmentReport>;

const sceneSchema: z.ZodType<SceneFile> = z.object({
  units: z.enum(["arbitrary", "metres"]).nullish(),
  model: z.object({ name: z.string(), dtype: z.string(), device: z.string() }).optional(),
  images: z.array(
    z.object({
      file: z.string().min(1),
      width: z.number().int().positive(),
      height: z.number().int().positive(),
      registered: z.boolean().default(true),
      K: z.unknown().optional(),
      world_from_cam: z.unknown().optional(),
      depth: mapSchema.nullish(),
      confidence: mapSchema.nullish(),
    }),
  ),
  alignment: alignmentSchema,
  pairs: z.array(z.object({ image1: z.string(), image2: z.string(), mean_confidence: z.number() })).default([]),
});

/** Reads a `scene.json`; throws an `InputError` or `FormatError` that names the file and the field. */
export async function readSceneFile(path: string): Promise<SceneFile> {
  const text = await readText(path, SIZE_LIMIT);
  if (text === undefined) throw new InputError(`${path}: there is no such file; a scene's folder has one`);
  const scene = sceneSchema.safeParse(parseJsonText(text, path));
  if (!scene.success) throw new FormatError(path, `is no scene: ${z.prettifyError(scene.error).replaceAll("\n", " ")}`);
  return scene.data;
}
