import { z } from "zod";
import type { FormatError } from "../../core/errors.ts";
import type { PixelMapping, View } from "../../core/view.ts";
import { parseJson } from "../../formats/parse-json.ts";

const namesSchema = z.array(z.string().min(1)).describe("The photos' names, by their indices");

const originalsSchema = z
  .array(
    z.object({
      width: z.int().positive(),
      height: z.int().positive(),
      scale_x: z.number().positive(),
      scale_y: z.number().positive(),
      offset_x: z.number(),
      offset_y: z.number(),
    }),
  )
  .describe(
    "Of each photo its size in pixels, and where in it the pixels of the file lie: original = scale × pixel + offset, pixel " +
      "centers at integers",
  );

/** The metadata of a pairs file about `views`; safetensors has nothing but strings there. */
export function formatPairsMetadata(model: string, views: readonly View[]): Record<string, string> {
  const originals: z.infer<typeof originalsSchema> = views.map(
    ({ original: { width, height }, originalFromNetwork }) => {
      const { scaleX, scaleY, offsetX, offsetY } = originalFromNetwork;
      return { width, height, scale_x: scaleX, scale_y: scaleY, offset_x: offsetX, offset_y: offsetY };
    },
  );
  return { model, images: JSON.stringify(views.map(({ name }) => name)), originals: JSON.stringify(originals) };
}

/** The views with their names and originals where the metadata have them; `fail` makes the error of a problem. */
export function applyPairsMetadata(
  views: readonly View[],
  metadata: Readonly<Record<string, string>>,
  fail: (problem: string) => FormatError,
): View[] {
  const list = <T>(key: string, schema: z.ZodType<readonly T[]>): readonly T[] | undefined => {
    const text = metadata[key];
    if (text === undefined) return undefined;
    const parsed = schema.safeParse(jsonValue(text));
    if (!parsed.success) throw fail(`its metadata "${key}" is not what is expected: ${z.prettifyError(parsed.error)}`);
    if (parsed.data.length === views.length) return parsed.data;
    throw fail(`its metadata "${key}" has ${parsed.data.length} entries for ${views.length} images`);
  };
  const names = list("images", namesSchema);
  const originals = list("originals", originalsSchema);
  return views.map((view, i) => {
    const name = names?.[i] ?? view.name;
    if (originals === undefined) return { ...view, name };
    const { width, height, scale_x, scale_y, offset_x, offset_y } = originals[i]!;
    const mapping: PixelMapping = { scaleX: scale_x, scaleY: scale_y, offsetX: offset_x, offsetY: offset_y };
    return { ...view, name, original: { width, height }, originalFromNetwork: mapping };
  });
}

function jsonValue(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** The metadata of a pairs file, for `schemas/`. */
export function pairsMetadataSchema(): z.ZodType {
  const json = (schema: z.ZodType) => {
    const { $schema: _, ...contentSchema } = z.toJSONSchema(schema);
    return z.string().optional().meta({ contentMediaType: "application/json", contentSchema });
  };
  return z
    .object({
      model: z.string().optional().describe("What gave the predictions"),
      images: json(namesSchema),
      originals: json(originalsSchema),
    })
    .meta({
      title: "pairs.safetensors: __metadata__",
      description:
        "Tensors of every ordered pair i-j: i-j.pointmap1 [H1, W1, 3], i-j.confidence1 [H1, W1], i-j.pointmap2 [H2, W2, 3], " +
        "i-j.confidence2 [H2, W2], both pointmaps in the frame of view i; and view.i [3, H, W], RGB in [-1, 1]",
    });
}
