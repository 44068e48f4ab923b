/**
 * Makes a folder of models at their real sizes, for `data.assets`, of furniture libraries of Sweet Home 3D:
 * `npx tsx --conditions=source scripts/unpack-furniture.ts out/furniture /usr/share/sweethome3d/furniture/*.sh3f`
 * (Debian's `sweethome3d-furniture`). Each becomes `LIBRARY-NAME.glb`; `CREDITS.txt` names models, authors and licences,
 * and the pictures on them go to `textures/`, for `data.textures`.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, posix } from "node:path";
import { Document, NodeIO } from "@gltf-transform/core";
import { unzipSync } from "fflate";
import sharp from "sharp";
import { type ObjMaterial, parseMtl, parseObj } from "../src/formats/obj.ts";
import { boundsOf } from "../src/procedural/mesh.ts";

/** Pixels along a picture's side at most: the views that show it have about a hundred. */
const PICTURE = 256;
/** Smaller pictures say little of a surface. */
const LEAST_TEXTURE = 128;

const [output, ...libraries] = process.argv.slice(2);
if (output === undefined || libraries.length === 0) throw new Error("an output folder and .sh3f files are expected");
mkdirSync(join(output, "textures"), { recursive: true });
const credits: string[] = [];
const io = new NodeIO();
let written = 0;
for (const library of libraries) {
  const files = unzipSync(readFileSync(library));
  const catalog = properties(new TextDecoder("latin1").decode(files["PluginFurnitureCatalog.properties"]));
  const license = catalog.get("license") ?? "";
  for (let i = 1; catalog.has(`model#${i}`); i++) {
    const of = (key: string): string | undefined => catalog.get(`${key}#${i}`);
    const path = of("model")!.replace(/^\//, "");
    const name = `${basename(library, ".sh3f")}-${basename(path, ".obj")}`;
    try {
      const size = ["width", "height", "depth"].map((key) => Number(of(key)) / 100);
      const document = await glbOf(
        files,
        path,
        size,
        (of("modelRotation") ?? "").split(/\s+/).filter(Boolean).map(Number),
      );
      writeFileSync(join(output, `${name}.glb`), await io.writeBinary(document));
      credits.push(`${name}: ${of("name")} by ${of("creator") ?? catalog.get("id")}; ${license}`);
      written++;
    } catch (error) {
      console.error(`${name}: ${(error as Error).message}`);
    }
  }
}
writeFileSync(join(output, "CREDITS.txt"), `${credits.join("\n")}\n`);
console.log(`${written} models in ${output}`);

function properties(text: string): Map<string, string> {
  return new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const [, key, value] = /^([^#!=\s][^=]*)=(.*)$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key.trim(), value.trim()] as const];
    }),
  );
}

/** @param rotation 3×3, row-major, or empty */
async function glbOf(
  files: Record<string, Uint8Array>,
  path: string,
  size: readonly number[],
  rotation: readonly number[],
): Promise<Document> {
  const text = (name: string): string => new TextDecoder().decode(files[posix.join(posix.dirname(path), name)]);
  const { libraries, parts } = parseObj(text(basename(path)), path);
  const materials = parseMtl(libraries.map(text).join("\n"));
  const turned = parts.map(({ positions }) => (rotation.length === 9 ? rotated(positions, rotation) : positions));
  const boxes = turned.map(boundsOf);
  const low = [0, 1, 2].map((axis) => Math.min(...boxes.map(({ min }) => min[axis]!)));
  const high = [0, 1, 2].map((axis) => Math.max(...boxes.map(({ max }) => max[axis]!)));
  const scale = size.map((length, axis) => length / Math.max(1e-9, high[axis]! - low[axis]!));
  const document = new Document();
  const buffer = document.createBuffer();
  const mesh = document.createMesh();
  document.createScene().addChild(document.createNode().setMesh(mesh));
  for (const [i, part] of parts.entries()) {
    const positions = turned[i]!.map((value, k) => (value - low[k % 3]!) * scale[k % 3]!);
    const uvs = part.uvs.map((value, k) => (k % 2 ? 1 - value : value));
    const accessor = (type: "VEC3" | "VEC2" | "SCALAR", array: Float32Array | Uint32Array) =>
      document
        .createAccessor()
        .setType(type)
        .setArray(array as Float32Array<ArrayBuffer>)
        .setBuffer(buffer);
    const primitive = document
      .createPrimitive()
      .setAttribute("POSITION", accessor("VEC3", positions))
      .setAttribute("TEXCOORD_0", accessor("VEC2", uvs))
      .setIndices(accessor("SCALAR", part.triangles))
      .setMaterial(await materialOf(document, files, posix.dirname(path), materials.get(part.material)));
    mesh.addPrimitive(primitive);
  }
  return document;
}

function rotated(positions: Float32Array, r: readonly number[]): Float32Array {
  return positions.map((_, i) => {
    const [at, row] = [i - (i % 3), 3 * (i % 3)];
    return r[row]! * positions[at]! + r[row + 1]! * positions[at + 1]! + r[row + 2]! * positions[at + 2]!;
  });
}

async function materialOf(
  document: Document,
  files: Record<string, Uint8Array>,
  folder: string,
  { color, picture, opacity }: ObjMaterial = { color: [0.8, 0.8, 0.8], opacity: 1 },
) {
  const [r, g, b] = color.map((value) => value ** 2.2) as [number, number, number];
  const material = document.createMaterial().setBaseColorFactor([r, g, b, opacity]);
  const bytes = picture === undefined ? undefined : files[posix.join(folder, picture)];
  if (bytes === undefined) return material;
  const image = sharp(bytes);
  const { width = 0, height = 0 } = await image.metadata();
  const small = await image
    .resize(PICTURE, PICTURE, { fit: "inside", withoutEnlargement: true })
    .removeAlpha()
    .jpeg({ quality: 90 })
    .toBuffer();
  if (Math.min(width, height) >= LEAST_TEXTURE)
    writeFileSync(
      join(output!, "textures", `${basename(folder)}-${basename(picture!).replace(/\W+/g, "-")}.jpg`),
      small,
    );
  return material
    .setBaseColorFactor([1, 1, 1, opacity])
    .setBaseColorTexture(document.createTexture().setImage(small).setMimeType("image/jpeg"));
}
