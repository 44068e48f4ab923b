import { readBytes } from "#platform";
import { FormatError } from "../../core/errors.ts";
import type { Size } from "../../core/view.ts";
import { openNpz } from "../../formats/npz.ts";
import { decodePfm } from "../../formats/pfm.ts";
import type { DepthMap } from "../metrics/depth-errors.ts";

/** ETH3D's depth maps have no header. */
const ETH3D_SIZE: Size = { width: 6048, height: 4032 };

/** ETH3D's: floats without a header. */
export async function readRawDepth(path: string): Promise<DepthMap> {
  const bytes = await readBytes(path);
  const { width, height } = ETH3D_SIZE;
  if (bytes.length !== 4 * width * height) {
    throw new FormatError(path, `has ${bytes.length} bytes; ${width} x ${height} floats are expected`);
  }
  return { ...ETH3D_SIZE, depth: finite(new Float32Array(bytes.slice().buffer)) };
}

/** DTU's. */
export async function readPfmDepth(path: string): Promise<DepthMap> {
  const { width, height, data } = decodePfm(await readBytes(path), path);
  return { width, height, depth: finite(data) };
}

/** Tanks and Temples': the array `arr_0`. */
export async function readNpzDepth(path: string): Promise<DepthMap> {
  const { shape, data } = (await openNpz(await readBytes(path), path)).read("arr_0");
  const [height = 0, width = 0] = shape;
  if (shape.length !== 2) throw new FormatError(path, `arr_0 is [${shape}]; a depth map is expected`);
  return { width, height, depth: finite(Float32Array.from({ length: width * height }, (_, i) => Number(data[i]))) };
}

function finite(depth: Float32Array): Float32Array {
  return depth.map((z) => (Number.isFinite(z) && z > 0 ? z : 0));
}
