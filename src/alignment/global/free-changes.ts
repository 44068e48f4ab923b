import { subtract } from "../../geometry/mat3.ts";
import type { Constraints } from "./constraints.ts";
import { type Group, sharingImages } from "./group.ts";
import { cameraOffset, edgeOffset, FOCAL, type World } from "./world.ts";

const CENTER = [0, 1, 2];
const ROTATION = [3, 4, 5];
const PRINCIPAL_POINT = [7, 8];
const LOG_SCALE = 6;

/**
 * The free parameters of a world, given what is known: known intrinsics; one focal length for the images of a camera;
 * known poses relative to each other, in a unit that is still to be found (unless they all stand in one place); the
 * world's frame, given by a known camera or the first; and its unit, by the product of the edges' scales (section 3.4
 * of the paper).
 */
export function freeChanges(
  { images, pairs }: Group,
  world: World,
  { principalPoints }: { readonly principalPoints: boolean },
): Constraints {
  const frozen = new Uint8Array(edgeOffset(images.length, pairs.length));
  const freeze = (image: number, parameters: readonly number[]) => {
    for (const parameter of parameters) frozen[cameraOffset(image) + parameter] = 1;
  };
  const posed = indicesWhere(images, ({ worldFromCam }) => worldFromCam !== undefined);
  const anchor = posed[0] ?? 0;
  freeze(anchor, [...CENTER, ...ROTATION]);
  for (const image of posed) freeze(image, ROTATION);
  images.forEach(({ intrinsics }, image) => {
    if (intrinsics !== undefined) freeze(image, [FOCAL]);
    if (intrinsics !== undefined || !principalPoints) freeze(image, PRINCIPAL_POINT);
  });
  return {
    frozen,
    tied: sharingImages(images).map((sharing) => sharing.map((image) => cameraOffset(image) + FOCAL)),
    directed: [awayFrom(world, anchor, posed.slice(1))],
    balanced: pairs.map((_, edge) => edgeOffset(images.length, edge) + LOG_SCALE),
  };
}

/** Centers that may only move away from, or toward, the anchor, all in the same proportion. */
function awayFrom({ cameras }: World, anchor: number, posed: readonly number[]): Constraints["directed"][number] {
  const offsets = posed.flatMap((image) => subtract(cameras[image]!.center, cameras[anchor]!.center));
  const length = Math.hypot(...offsets);
  return {
    parameters: posed.flatMap((image) => CENTER.map((k) => cameraOffset(image) + k)),
    direction: offsets.map((offset) => (length > 0 ? offset / length : 0)),
  };
}

function indicesWhere<T>(items: readonly T[], accept: (item: T) => boolean): number[] {
  return items.flatMap((item, index) => (accept(item) ? [index] : []));
}
