import { type Primitive, WebIO } from "@gltf-transform/core";
import { decodeImage, decodeImageBytes, readBytes, readText, siblingPath } from "#platform";
import { FormatError } from "../../core/errors.ts";
import type { RgbImage } from "../../core/rgb-image.ts";
import { parseMtl, parseObj } from "../../formats/obj.ts";
import type { Vec3 } from "../vec3.ts";

/** A surface of a model, y up, in meters. */
export interface ModelSurface {
  /** `[vertices, 3]`. */
  readonly positions: Float32Array;
  /** `[vertices, 2]`, (0, 0) at the top left of the picture. */
  readonly uvs: Float32Array;
  /** `[triangles, 3]`. */
  readonly triangles: Uint32Array;
  /** Linear RGB, of 1 for white. */
  readonly color: Vec3;
  readonly picture: RgbImage | undefined;
}

/** Surfaces less opaque are left out: behind glass there is something to see. */
const LEAST_OPACITY = 0.5;

/** Longer OBJ files are refused. */
const MOST_TEXT = 2 ** 26;

/** The surfaces of an OBJ file with its materials and pictures beside it, in meters, y up. */
export async function readObj(path: string): Promise<ModelSurface[]> {
  const text = await readText(path, MOST_TEXT);
  if (text === undefined) throw new FormatError(path, "there is no such file");
  const { libraries, parts } = parseObj(text, path);
  const texts = await Promise.all(libraries.map((name) => readText(siblingPath(path, name))));
  const materials = parseMtl(texts.map((found) => found ?? "").join("\n"));
  const surfaces = await Promise.all(
    parts.map(async ({ material, positions, uvs, triangles }): Promise<ModelSurface | undefined> => {
      const { color = [0.8, 0.8, 0.8], picture, opacity = 1 } = materials.get(material) ?? {};
      if (opacity < LEAST_OPACITY) return undefined;
      const image = picture === undefined ? undefined : await decodeImage(siblingPath(path, picture));
      const upsideDown = uvs.map((value, i) => (i % 2 ? 1 - value : value));
      return { positions, uvs: upsideDown, triangles, color: linear(color), picture: image };
    }),
  );
  return surfaces.filter((surface) => surface !== undefined);
}

/** The triangles of a binary glTF file in meters, y up. */
export async function readGlb(path: string): Promise<ModelSurface[]> {
  const document = await new WebIO().readBinary(await readBytes(path)).catch((cause: Error) => {
    throw new FormatError(path, `no binary glTF file: ${cause.message}`, { cause });
  });
  const surfaces: ModelSurface[] = [];
  for (const node of document.getRoot().listNodes()) {
    for (const primitive of node.getMesh()?.listPrimitives() ?? []) {
      const surface = await surfaceOf(primitive, node.getWorldMatrix(), path);
      if (surface !== undefined) surfaces.push(surface);
    }
  }
  return surfaces;
}

/** glTF's number for lists of triangles. */
const TRIANGLES = 4;

/** @param m 4×4, column-major */
async function surfaceOf(primitive: Primitive, m: readonly number[], path: string): Promise<ModelSurface | undefined> {
  const material = primitive.getMaterial();
  const local = primitive.getAttribute("POSITION")?.getArray();
  if (!local || primitive.getMode() !== TRIANGLES || (material && material.getAlpha() < LEAST_OPACITY))
    return undefined;
  const count = local.length / 3;
  const positions = Float32Array.from(local, (_, i) => {
    const [at, row] = [i - (i % 3), i % 3];
    return m[row]! * local[at]! + m[4 + row]! * local[at + 1]! + m[8 + row]! * local[at + 2]! + m[12 + row]!;
  });
  const uvs = Float32Array.from(primitive.getAttribute("TEXCOORD_0")?.getArray() ?? new Float32Array(2 * count));
  const indices = primitive.getIndices()?.getArray() ?? Uint32Array.from({ length: count }, (_, i) => i);
  const [red = 1, green = 1, blue = 1] = material?.getBaseColorFactor() ?? [];
  const image = material?.getBaseColorTexture()?.getImage();
  return {
    positions,
    uvs,
    triangles: Uint32Array.from(indices),
    color: [red, green, blue],
    picture: image ? await decodeImageBytes(image, path) : undefined,
  };
}

function linear([r, g, b]: readonly [number, number, number]): Vec3 {
  return [r ** 2.2, g ** 2.2, b ** 2.2];
}
