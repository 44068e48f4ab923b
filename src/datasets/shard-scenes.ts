import { z } from "zod";
import { decodeImageBytes, openFile, pathContent } from "#platform";
import { FormatError, InputError } from "../core/errors.ts";
import { parseJsonText } from "../formats/json-text.ts";
import { decodePng16 } from "../formats/png16.ts";
import { listTar, type TarLocation } from "../formats/tar.ts";
import { overlapMatrix } from "../rgbd/overlap.ts";
import type { RgbdScene, RgbdView } from "../rgbd/rgbd-view.ts";

/** The scenes in a folder of shards, each read when it is asked for. */
export interface ShardScenes {
  readonly count: number;
  /** Scene `index`, without views that have no depth; undefined where fewer than two are left. */
  scene(index: number): Promise<RgbdScene | undefined>;
}

/** What is read of `KEY.json`; more may be there. */
const sampleSchema = z.object({
  version: z.int().default(1),
  K: z.tuple([
    z.tuple([z.number().positive(), z.literal(0), z.number()]),
    z.tuple([z.literal(0), z.number().positive(), z.number()]),
    z.tuple([z.literal(0), z.literal(0), z.literal(1)]),
  ]),
  world_from_cam: z.array(z.array(z.number()).length(4)).length(4),
  depth_scale: z.number().positive(),
  overlap: z.array(z.number()).optional(),
});

/** What shards hold of a view. */
const PARTS = ["jpg", "depth.png", "json"] as const;

interface StoredView {
  readonly key: string;
  readonly shard: string;
  readonly parts: Readonly<Record<(typeof PARTS)[number], TarLocation>>;
}

/**
 * Finds the scenes in a folder of WebDataset shards, as `writeShard` makes them or anyone else: per view `KEY.jpg`,
 * `KEY.depth.png` (16 bits, 0 unknown) and `KEY.json` with `K`, `world_from_cam` and `depth_scale` (meters per unit).
 * Keys that differ only after their last hyphen are views of one scene. All archives are looked through, without
 * reading pictures, so that one that is cut off is a `FormatError` here and not hours later.
 */
export async function openShards(folder: string): Promise<ShardScenes> {
  const content = await pathContent(folder);
  const shards = content.kind === "folder" ? content.files.filter((file) => file.endsWith(".tar")).sort() : [];
  if (shards.length === 0) {
    const found = content.kind === "missing" ? "there is no such folder" : "there is no .tar file in it";
    throw new InputError(`${folder}: ${found}; \`dust3r data generate\` fills a folder with shards`);
  }
  const scenes: (readonly StoredView[])[] = [];
  for (const shard of shards) scenes.push(...(await listScenes(shard)));
  if (scenes.length === 0) throw new InputError(`${folder}: its shards are empty`);
  return { count: scenes.length, scene: (index) => readScene(scenes[index]!) };
}

async function listScenes(shard: string): Promise<readonly (readonly StoredView[])[]> {
  const samples = new Map<string, Map<string, TarLocation>>();
  const file = await openFile(shard);
  try {
    for await (const entry of listTar(file)) {
      const [, key, part] = /^(.*?[^/]*?)\.([^/]*)$/.exec(entry.name) ?? [];
      if (key === undefined || part === undefined) continue;
      samples.set(key, (samples.get(key) ?? new Map()).set(part, entry));
    }
  } finally {
    await file.close();
  }
  const scenes = new Map<string, StoredView[]>();
  for (const [key, found] of samples) {
    const missing = PARTS.filter((part) => !found.has(part));
    if (missing.length > 0) throw new FormatError(shard, `${key} has no ${missing.join(", ")}`);
    const scene = key.replace(/-[^-/]*$/, "");
    const parts = Object.fromEntries(found) as unknown as StoredView["parts"];
    scenes.set(scene, [...(scenes.get(scene) ?? []), { key, shard, parts }]);
  }
  return [...scenes.values()];
}

async function readScene(stored: readonly StoredView[]): Promise<RgbdScene | undefined> {
  const file = await openFile(stored[0]!.shard);
  try {
    const views: RgbdView[] = [];
    const overlaps: (readonly number[] | undefined)[] = [];
    for (const { parts, key } of stored) {
      const read = ({ offset, size }: TarLocation) => file.read(offset, size);
      const name = (part: string) => `${file.name}, ${key}.${part}`;
      const record = parseSample(await read(parts.json), name("json"));
      const picture = await decodeImageBytes(await read(parts.jpg), name("jpg"));
      const { data } = decodePng16(await read(parts["depth.png"]), name("depth.png"), picture);
      const [[fx, , cx], [, fy, cy]] = record.K;
      views.push({
        ...picture,
        depth: Float32Array.from(data, (value) => value * record.depth_scale),
        intrinsics: { fx, fy, cx, cy },
        worldFromCam: Float64Array.from(record.world_from_cam.flat()),
      });
      overlaps.push(record.overlap);
    }
    return withDepth(views, overlaps);
  } finally {
    await file.close();
  }
}

function parseSample(bytes: Uint8Array, name: string): z.infer<typeof sampleSchema> {
  const parsed = sampleSchema.safeParse(parseJsonText(new TextDecoder().decode(bytes), name));
  if (!parsed.success) {
    const [problem] = parsed.error.issues;
    throw new FormatError(name, `${problem!.path.join(".")}: ${problem!.message}`);
  }
  if (parsed.data.version !== 1) {
    throw new FormatError(name, `version ${parsed.data.version} of the shard format; this program reads version 1`);
  }
  return parsed.data;
}

/** The views with depth and their overlap, as recorded or, where a record lacks it, measured. */
function withDepth(
  views: readonly RgbdView[],
  overlaps: readonly (readonly number[] | undefined)[],
): RgbdScene | undefined {
  const kept = views.flatMap(({ depth }, i) => (depth.some((z) => z > 0) ? [i] : []));
  if (kept.length < 2) return undefined;
  const chosen = kept.map((i) => views[i]!);
  if (overlaps.some((row) => row?.length !== views.length)) {
    const stride = Math.max(1, Math.round(chosen[0]!.width / 32));
    return { views: chosen, overlap: overlapMatrix(chosen, stride) };
  }
  return { views: chosen, overlap: Float32Array.from(kept.flatMap((i) => kept.map((j) => overlaps[i]![j]!))) };
}
