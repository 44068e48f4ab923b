import { addGram } from "../gram.ts";
import { rotationOf, translationOf } from "../pose.ts";
import { type Correspondences, changeCamera, ESTIMATED_CAMERA_DOF, type EstimatedCamera } from "./estimated-camera.ts";
import { type Equations, levenbergMarquardt } from "./levenberg-marquardt.ts";

/** What to minimize and for how long. */
export interface RefineOptions {
  /** In pixels; correspondences with a larger reprojection error are ignored. */
  readonly threshold: number;
  /** Scale of the Cauchy loss in pixels: quadratic in errors well below it, logarithmic well above. */
  readonly lossScale: number;
  /** Refines the focal length too, keeping the ratio of fx and fy. */
  readonly refineFocal: boolean;
  readonly maxIterations: number;
}

/**
 * The camera on which the correspondences within the threshold agree best: Levenberg-Marquardt with analytic
 * derivatives on a truncated Cauchy loss, from a camera that is nearly right.
 */
export function refineCamera(start: EstimatedCamera, data: Correspondences, options: RefineOptions): EstimatedCamera {
  const unknowns = options.refineFocal ? ESTIMATED_CAMERA_DOF : ESTIMATED_CAMERA_DOF - 1;
  return levenbergMarquardt(
    start,
    {
      equationsAt: (camera) => leading(normalEquations(camera, data, options), unknowns),
      change: (camera, step) => {
        const change = new Float64Array(ESTIMATED_CAMERA_DOF);
        change.set(step);
        return changeCamera(camera, change);
      },
    },
    options.maxIterations,
  );
}

/** The equations of the first parameters alone. */
function leading({ cost, gradient, hessian }: Equations, size: number): Equations {
  const rows = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    const from = row * ESTIMATED_CAMERA_DOF;
    rows.set(hessian.subarray(from, from + size), row * size);
  }
  return { cost, gradient: gradient.subarray(0, size), hessian: rows };
}

/** Correspondences whose derivatives are multiplied out together. */
const TILE = 32;
/** Rows of a tile: derivatives by the parameters, then errors. */
const ROWS = ESTIMATED_CAMERA_DOF + 1;

/**
 * The objective of `refineCamera`, Σ s² log(1 + e² / s²) over the correspondences within the threshold, and its derivatives by
 * the seven parameters of `changeCamera`. A point behind the camera counts as one beyond the threshold.
 */
export function normalEquations(
  { camFromWorld, intrinsics: { fx, fy, cx, cy } }: EstimatedCamera,
  { count, points, pixels }: Correspondences,
  { threshold, lossScale }: RefineOptions,
): Equations {
  const limit = threshold * threshold;
  const softness = lossScale * lossScale;
  const outlierCost = softness * Math.log1p(limit / softness);
  /** Of the x and the y of each pixel, times the root of its weight. */
  const tile = new Float64Array(ROWS * 2 * TILE);
  const gram = new Float64Array(ROWS * ROWS);
  const [a, b, c, d, e, f, g, h, i] = rotationOf(camFromWorld);
  const [tx, ty, tz] = translationOf(camFromWorld);
  let cost = 0;
  let filled = 0;
  /** Of 1 + e² / s² over the tile: one logarithm for all. */
  let product = 1;
  const finishTile = () => {
    cost += softness * Math.log(product);
    addGram(gram, tile, { size: ROWS, length: 2 * TILE });
    tile.fill(0);
    filled = 0;
    product = 1;
  };
  for (let k = 0; k < count; k++) {
    const x = points[3 * k]!;
    const y = points[3 * k + 1]!;
    const z = points[3 * k + 2]!;
    // The point turned but not yet shifted is what a further rotation moves.
    const turnedX = a * x + b * y + c * z;
    const turnedY = d * x + e * y + f * z;
    const turnedZ = g * x + h * y + i * z;
    const inverseDepth = 1 / (turnedZ + tz);
    const offsetX = fx * (turnedX + tx) * inverseDepth;
    const offsetY = fy * (turnedY + ty) * inverseDepth;
    const errorX = offsetX + cx - pixels[2 * k]!;
    const errorY = offsetY + cy - pixels[2 * k + 1]!;
    const squared = errorX * errorX + errorY * errorY;
    if (!(inverseDepth > 0 && squared < limit)) {
      cost += outlierCost;
      continue;
    }
    product *= 1 + squared / softness;
    const root = Math.sqrt(softness / (softness + squared));
    const xByX = root * fx * inverseDepth;
    const xByZ = -root * offsetX * inverseDepth;
    const yByY = root * fy * inverseDepth;
    const yByZ = -root * offsetY * inverseDepth;
    const forX = 2 * filled;
    const forY = forX + 1;
    tile[forX] = xByZ * turnedY;
    tile[forX + 2 * TILE] = xByX * turnedZ - xByZ * turnedX;
    tile[forX + 4 * TILE] = -xByX * turnedY;
    tile[forX + 6 * TILE] = xByX;
    tile[forX + 10 * TILE] = xByZ;
    tile[forX + 12 * TILE] = root * offsetX;
    tile[forX + 14 * TILE] = root * errorX;
    tile[forY] = yByZ * turnedY - yByY * turnedZ;
    tile[forY + 2 * TILE] = -yByZ * turnedX;
    tile[forY + 4 * TILE] = yByY * turnedX;
    tile[forY + 8 * TILE] = yByY;
    tile[forY + 10 * TILE] = yByZ;
    tile[forY + 12 * TILE] = root * offsetY;
    tile[forY + 14 * TILE] = root * errorY;
    if (++filled === TILE) finishTile();
  }
  if (filled > 0) finishTile();
  const hessian = new Float64Array(ESTIMATED_CAMERA_DOF ** 2);
  for (let row = 0; row < ESTIMATED_CAMERA_DOF; row++) {
    const from = row * ROWS;
    hessian.set(gram.subarray(from, from + ESTIMATED_CAMERA_DOF), row * ESTIMATED_CAMERA_DOF);
  }
  const gradient = gram.slice(ESTIMATED_CAMERA_DOF * ROWS, ESTIMATED_CAMERA_DOF * ROWS + ESTIMATED_CAMERA_DOF);
  return { cost, gradient, hessian };
}
