import type { Pose } from "../core/camera.ts";
import { InputError } from "../core/errors.ts";
import type { Size } from "../core/view.ts";
import { determinant3, multiply3, transpose3 } from "../geometry/mat3.ts";
import { rotationOf } from "../geometry/pose.ts";
import type { AlignOptions, AlignPriors } from "./align-options.ts";

/** How far from orthogonal a rotation that was written with few digits may be. */
const ROTATION_TOLERANCE = 1e-3;

/** Throws an `InputError` that names image and value of an impossible prior. */
export function checkPriors(images: readonly Size[], { method, priors }: AlignOptions): void {
  if (priors === undefined) return;
  const { masks, intrinsics, worldFromCam, knownDistance } = priors;
  checkCounts(images, priors);
  if (method !== undefined && method !== "global" && needsGlobal(priors)) {
    throw new InputError(`what is known of the cameras needs global alignment, not "${method}"`);
  }
  images.forEach(({ width, height }, i) => {
    const mask = masks?.[i];
    if (mask !== undefined && mask.length !== width * height) {
      throw new InputError(`image ${i}: its mask has ${mask.length} pixels, the image ${width}×${height}`);
    }
    const known = intrinsics?.[i];
    if (known !== undefined && !(known.fx > 0 && known.fy > 0 && Object.values(known).every(Number.isFinite))) {
      throw new InputError(`image ${i}: its intrinsics must be finite and its focal lengths positive`);
    }
    const pose = worldFromCam?.[i];
    if (pose !== undefined && !isRigid(pose)) {
      throw new InputError(`image ${i}: its pose must be 16 finite numbers, row by row, with a rotation in them`);
    }
  });
  if (knownDistance !== undefined) checkDistance(images, knownDistance);
}

/** Whether there are priors that only global alignment takes into account. */
function needsGlobal(priors: AlignPriors): boolean {
  const { intrinsics, worldFromCam, cameras, camerasAreGuessed, optimizePrincipalPoint } = priors;
  const sharesFocals = cameras !== undefined && !camerasAreGuessed && new Set(cameras).size < cameras.length;
  const some = (list: readonly unknown[] | undefined) => list?.some((item) => item !== undefined) ?? false;
  return some(intrinsics) || some(worldFromCam) || sharesFocals || optimizePrincipalPoint === true;
}

function checkCounts(images: readonly Size[], priors: AlignPriors): void {
  const { masks, intrinsics, worldFromCam: poses, cameras, likelyFocals: focals } = priors;
  for (const [name, list] of Object.entries({ masks, intrinsics, poses, cameras, "focal lengths": focals })) {
    if (list !== undefined && list.length !== images.length) {
      throw new InputError(`there are ${images.length} images and ${name} for ${list.length}`);
    }
  }
}

function checkDistance(images: readonly Size[], distance: NonNullable<AlignPriors["knownDistance"]>): void {
  const { image, pixel1, pixel2, meters } = distance;
  const size = images[image];
  if (size === undefined) throw new InputError(`a distance is known in image ${image}, there are ${images.length}`);
  for (const [x, y] of [pixel1, pixel2]) {
    const inside = x >= -0.5 && y >= -0.5 && x <= size.width - 0.5 && y <= size.height - 0.5;
    if (!inside) throw new InputError(`the pixel (${x}, ${y}) of a known distance is outside of image ${image}`);
  }
  if (!(meters > 0 && Number.isFinite(meters))) throw new InputError(`a known distance of ${meters} meters`);
}

function isRigid(pose: Pose): boolean {
  if (pose.length !== 16 || !pose.every(Number.isFinite)) return false;
  const rotation = rotationOf(pose);
  const product = multiply3(rotation, transpose3(rotation));
  const isOrthogonal = product.every((value, k) => Math.abs(value - (k % 4 === 0 ? 1 : 0)) < ROTATION_TOLERANCE);
  return isOrthogonal && determinant3(rotation) > 0;
}
