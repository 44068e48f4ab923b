/**
 * Makes a folder of models and pictures small enough to carry along (`scripts/pack-gpu-kit.ts`):
 * `npx tsx --conditions=source scripts/reduce-scenery.ts out/scenery out/small-scenery [MEGABYTES]`
 * Models lose triangles down to a thousand, as long as they keep their shape; pictures become JPEGs of 128 pixels, and of 64
 * on models. As many as fit are taken, evenly over their names, each compressed; `CREDITS.txt` is copied.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { type Accessor, type Document, Logger, NodeIO } from "@gltf-transform/core";
import { prune, simplify, textureCompress, weld } from "@gltf-transform/functions";
import { MeshoptSimplifier } from "meshoptimizer";
import sharp from "sharp";

/** Triangles that a view of a hundred pixels can tell apart. */
const TRIANGLES = 1000;
/** Largest displacement, as a share of the model's size. */
const ERROR = 0.02;
/** More are left out: a model that cannot lose any takes most of what there is room for. */
const MOST_TRIANGLES = 4000;
/** Share of the room that pictures get at most. */
const PICTURES = 0.4;

const [source, target, megabytes = "8"] = process.argv.slice(2);
if (source === undefined || target === undefined || !(Number(megabytes) > 0)) {
  throw new Error("an unpacked folder, an output folder and, at will, its size in MB are expected");
}
await MeshoptSimplifier.ready;
const io = new NodeIO();
mkdirSync(join(target, "textures"), { recursive: true });
const room = 1e6 * Number(megabytes);
const pictures = await fill({
  paths: filesOf(join(source, "textures"), ".jpg"),
  room: PICTURES * room,
  folder: join(target, "textures"),
  reduced: reducedPicture,
});
const models = await fill({
  paths: filesOf(source, ".glb"),
  room: room - pictures.used,
  folder: target,
  reduced: reducedModel,
});
const credits = join(source, "CREDITS.txt");
if (existsSync(credits)) copyFileSync(credits, join(target, "CREDITS.txt"));
for (const [what, { written, of, used }] of Object.entries({ models, pictures })) {
  console.log(`${target}: ${written} of ${of} ${what}, ${(used / 1e6).toFixed(2)} MB compressed`);
}

function filesOf(folder: string, extension: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => extname(name).toLowerCase() === extension);
  return names.sort().map((name) => join(folder, name));
}

interface Filling {
  readonly paths: readonly string[];
  /** In bytes. */
  readonly room: number;
  readonly folder: string;
  /** Gives nothing for what is left out. */
  readonly reduced: (path: string) => Promise<Uint8Array | undefined>;
}

/** Writes files as long as there is room. */
async function fill({ paths, room, folder, reduced }: Filling) {
  let [written, used] = [0, 0];
  for (const path of spread(paths)) {
    const bytes = await reduced(path);
    if (bytes === undefined) continue;
    const size = deflateRawSync(bytes, { level: 9 }).length;
    if (used + size > room) continue;
    writeFileSync(join(folder, basename(path)), bytes);
    used += size;
    written++;
  }
  return { written, of: paths.length, used };
}

/** The same in another order, any beginning of which is spread evenly: by the golden ratio. */
function spread<T>(items: readonly T[]): readonly T[] {
  const place = (i: number): number => (i * 0.618033988749895) % 1;
  return items
    .map((_, i) => i)
    .sort((a, b) => place(a) - place(b))
    .map((i) => items[i]!);
}

async function reducedModel(path: string): Promise<Uint8Array | undefined> {
  const document = (await io.read(path)).setLogger(new Logger(Logger.Verbosity.SILENT));
  const before = trianglesOf(document);
  if (before > TRIANGLES) {
    await document.transform(
      weld(),
      simplify({ simplifier: MeshoptSimplifier, ratio: TRIANGLES / before, error: ERROR }),
    );
  }
  if (trianglesOf(document) > MOST_TRIANGLES) return undefined;
  await document.transform(
    textureCompress({ encoder: sharp, targetFormat: "jpeg", resize: [64, 64], quality: 75 }),
    prune({ keepAttributes: false }),
  );
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives()) {
      // Millimeters, and parts of a texel: what is rounded compresses well.
      roundTo(primitive.getAttribute("POSITION"), 1024);
      roundTo(primitive.getAttribute("TEXCOORD_0"), 4096);
    }
  }
  return await io.writeBinary(document);
}

function trianglesOf(document: Document): number {
  const primitives = document
    .getRoot()
    .listMeshes()
    .flatMap((mesh) => mesh.listPrimitives());
  return primitives.reduce((sum, primitive) => sum + (primitive.getIndices()?.getCount() ?? 0) / 3, 0);
}

function roundTo(accessor: Accessor | null, steps: number): void {
  const array = accessor?.getArray();
  if (array)
    accessor!.setArray((array as Float32Array).map((value) => Math.round(value * steps) / steps) as typeof array);
}

async function reducedPicture(path: string): Promise<Uint8Array> {
  const size = { width: 128, height: 128 };
  return await sharp(readFileSync(path))
    .resize({ ...size, fit: "inside", withoutEnlargement: true })
    .jpeg({ quality: 75 })
    .toBuffer();
}
