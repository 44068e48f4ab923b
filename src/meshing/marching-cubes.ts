import { CUBE_TRIANGLES } from "./cube-triangles.ts";
import { BLOCK_SIDE, BLOCK_VOXELS, blockKey, type SparseVolume } from "./sparse-volume.ts";
import type { TriangleMesh } from "./triangle-mesh.ts";

/** A block with the first voxels of those that follow it. */
const SIDE = BLOCK_SIDE + 1;
/** Between the corners of a cube that a surface crosses, distances change by less; more is a jump from one surface to another. */
const MOST_CHANGE = 1.2;

/** The surface where distances are 0, between voxels that are known; open where they are not. */
export function marchingCubes(volume: SparseVolume): TriangleMesh {
  const { voxel, places } = volume;
  const positions: number[] = [];
  const triangles: number[] = [];
  const vertices = new Map<number, number>();
  const corners = openCorners(volume);
  const values = new Float64Array(8);
  for (let block = 0; block < places.length / 3; block++) {
    if (!corners.take(block)) continue;
    const { distances, weights, voxels } = corners;
    for (let z = 0; z < BLOCK_SIDE; z++) {
      for (let y = 0; y < BLOCK_SIDE; y++) {
        for (let x = 0; x < BLOCK_SIDE; x++) {
          const first = x + SIDE * (y + SIDE * z);
          let inside = 0;
          let [least, most] = [1, -1];
          let isKnown = true;
          for (let c = 0; c < 8; c++) {
            const at = first + STEPS[c]!;
            isKnown &&= weights[at]! > 0;
            const value = distances[at]!;
            values[c] = value;
            if (value < 0) inside |= 1 << c;
            least = Math.min(least, value);
            most = Math.max(most, value);
          }
          if (!isKnown || inside === 0 || inside === 255 || most - least > MOST_CHANGE) continue;
          for (const edge of CUBE_TRIANGLES[inside]!) {
            const corner = Math.floor(edge / 3);
            const axis = edge - 3 * corner;
            const key = 3 * voxels[first + STEPS[corner]!]! + axis;
            let vertex = vertices.get(key);
            if (vertex === undefined) {
              vertex = vertices.size;
              vertices.set(key, vertex);
              const [from, to] = [values[corner]!, values[corner | (1 << axis)]!];
              const share = from / (from - to);
              for (let k = 0; k < 3; k++) {
                const local = [x, y, z][k]! + ((corner >> k) & 1) + (k === axis ? share : 0);
                positions.push(voxel * (BLOCK_SIDE * places[3 * block + k]! + local));
              }
            }
            triangles.push(vertex);
          }
        }
      }
    }
  }
  return { positions: Float32Array.from(positions), triangles: Uint32Array.from(triangles) };
}

/** From the first corner of a cube to each of them, in a block with its border. */
const STEPS = Int32Array.from({ length: 8 }, (_, c) => (c & 1) + SIDE * (((c >> 1) & 1) + SIDE * (c >> 2)));

interface Corners {
  /** `[9, 9, 9]` each, x fastest: of a block and of the first voxels beyond it. */
  readonly distances: Float32Array;
  readonly weights: Float32Array;
  /** The voxels' numbers in the volume. */
  readonly voxels: Int32Array;
  /** Takes a block; false where no surface can cross it. */
  take(block: number): boolean;
}

function openCorners(volume: SparseVolume): Corners {
  const { numbers, places } = volume;
  const distances = new Float32Array(SIDE ** 3);
  const weights = new Float32Array(SIDE ** 3);
  const voxels = new Int32Array(SIDE ** 3);
  return {
    distances,
    weights,
    voxels,
    take(block) {
      weights.fill(0);
      let [least, most] = [1, -1];
      for (let n = 0; n < 8; n++) {
        const [right, down, far] = [n & 1, (n >> 1) & 1, n >> 2];
        const [a, b, c] = [places[3 * block]!, places[3 * block + 1]!, places[3 * block + 2]!];
        const key = blockKey(a + right, b + down, c + far);
        const number = key === undefined ? undefined : numbers.get(key);
        if (number === undefined) continue;
        for (let z = 0; z < (far ? 1 : BLOCK_SIDE); z++) {
          for (let y = 0; y < (down ? 1 : BLOCK_SIDE); y++) {
            for (let x = 0; x < (right ? 1 : BLOCK_SIDE); x++) {
              const from = BLOCK_VOXELS * number + x + BLOCK_SIDE * (y + BLOCK_SIDE * z);
              const to = x + BLOCK_SIDE * right + SIDE * (y + BLOCK_SIDE * down + SIDE * (z + BLOCK_SIDE * far));
              voxels[to] = from;
              weights[to] = volume.weights[from]!;
              distances[to] = volume.distances[from]!;
              if (weights[to] === 0) continue;
              least = Math.min(least, distances[to]!);
              most = Math.max(most, distances[to]!);
            }
          }
        }
      }
      return least < 0 && most >= 0;
    },
  };
}
