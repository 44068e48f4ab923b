import type { RunOptions } from "../../core/progress.ts";
import type { AlignmentWarning } from "../../core/scene.ts";
import { addScaled } from "../../geometry/mat3.ts";
import { rotationOf, translationOf } from "../../geometry/pose.ts";
import { rotationAngle } from "../../geometry/rotation.ts";
import { IDENTITY_SIMILARITY, invertSimilarity, type Similarity } from "../../geometry/similarity.ts";
import { type Agreements, measureAgreement } from "./agreement.ts";
import { objective } from "./evaluate.ts";
import { freeChanges } from "./free-changes.ts";
import { type Group, type GroupImage, sharingImages } from "./group.ts";
import { registerOnKnownPoses, spreadOf } from "./known-poses.ts";
import { minimize } from "./minimize.ts";
import { FEW_PIXELS, fullLevel, sampleLevel } from "./observation.ts";
import { distancePenalty, typicalDepth } from "./typical-depth.ts";
import { cameraAt, poseOf, transformWorld, type World } from "./world.ts";

/** Images brought into one world. */
export interface AlignedGroup {
  /** In the frame of the known poses, or else of the first image's camera. */
  readonly world: World;
  /** By image, `[height, width]`, z-depths; 0 where there is none. */
  readonly depths: readonly Float32Array[];
  /** Whether known poses at different places set the unit. */
  readonly scaleIsKnown: boolean;
  readonly loss: number;
  readonly iterations: number;
  readonly agreements: Agreements;
  readonly warnings: readonly AlignmentWarning[];
}

/** The geometric mean of the edges' scales, as the public implementation has it: it makes losses comparable. */
const BASE_SCALE = 0.5;
/** How strongly pairs are tied to the camera of their view 1: enough to settle what the objective leaves open. */
const TIE_STRENGTH = 0.03;
/** How strongly likely focal lengths pull: about as much as the pairs of a network that is usually off by a quarter. */
const FOCAL_PRIOR_STRENGTH = 0.03;
const SETTLE = { tolerance: 1e-5, maxSteps: 10 };

/** A known pose is said to contradict the images beyond these. */
const CONTRADICTION = { degrees: 10, distance: 0.2 };

/**
 * Global alignment of a group of images from a first guess of its world (in any frame and unit). Undefined where the guess
 * sees nothing in front of its cameras.
 */
export async function alignGroup(
  group: Group,
  guess: World,
  free: { readonly principalPoints: boolean },
  options: RunOptions,
): Promise<AlignedGroup | undefined> {
  const sizes = group.images.map(({ size }) => size);
  const sampled = sampleLevel(fullLevel(sizes, group.pairs), sizes, FEW_PIXELS);
  const { world: known, warnings } = withKnownPoses(guess, group.images);
  const start = atBaseScale(withSharedFocals(known, group.images));
  const distance = typicalDepth(start, sampled);
  if (!(distance > 0 && Number.isFinite(distance))) return undefined;

  const penalty = distancePenalty(distance);
  const { pairs } = group;
  const ties = { pairs, strength: TIE_STRENGTH, distance };
  const constraints = freeChanges(group, start, free);
  const focals = group.images.map(({ likelyFocal }) => likelyFocal);
  const focalPriors = { focals, strength: FOCAL_PRIOR_STRENGTH, distance };
  const minimum = await minimize(start, { sizes, pairs, constraints, ties, focalPriors, penalty }, options);

  const sampledDepths = objective(minimum.world, sampled, { penalty, settle: SETTLE }).depths;
  const frame = outputFrame(minimum.world, group.images);
  return {
    world: transformWorld(frame.outputFromWorld, minimum.world),
    depths: minimum.depths.map((depth) => new Float32Array(depth.map((z) => z * frame.outputFromWorld.scale))),
    scaleIsKnown: frame.scaleIsKnown,
    loss: minimum.loss,
    iterations: minimum.iterations,
    agreements: measureAgreement(minimum.world, sampled, sampledDepths),
    warnings,
  };
}

/** The world in the frame of the known poses, its known cameras there. */
function withKnownPoses(
  world: World,
  images: readonly GroupImage[],
): { readonly world: World; readonly warnings: readonly AlignmentWarning[] } {
  const posed = images.flatMap(({ worldFromCam }, i) => (worldFromCam ? [{ i, worldFromCam }] : []));
  if (posed.length === 0) return { world, warnings: [] };
  const known = posed.map(({ worldFromCam }) => worldFromCam);
  const knownFromWorld = registerOnKnownPoses(
    posed.map(({ i }) => poseOf(world.cameras[i]!)),
    known,
  );
  const moved = transformWorld(knownFromWorld, world);
  const extent = spreadOf(known);
  const warnings = posed.flatMap(({ i, worldFromCam }): AlignmentWarning[] => {
    const { rotation, center } = moved.cameras[i]!;
    const degrees = (rotationAngle(rotation, rotationOf(worldFromCam)) * 180) / Math.PI;
    const offset = Math.hypot(...addScaled(center, -1, translationOf(worldFromCam)));
    const distance = extent > 0 ? offset / extent : 0;
    if (degrees <= CONTRADICTION.degrees && distance <= CONTRADICTION.distance) return [];
    return [{ kind: "pose-contradicts-images", image: images[i]!.index, degrees, distance }];
  });
  const cameras = moved.cameras.map((camera, i) => {
    const { worldFromCam } = images[i]!;
    return worldFromCam ? cameraAt(worldFromCam, camera.intrinsics) : camera;
  });
  return { world: { ...moved, cameras }, warnings };
}

/** The focal lengths of the images of each camera at their geometric mean. */
function withSharedFocals({ cameras, edges }: World, images: readonly GroupImage[]): World {
  const shared = [...cameras];
  for (const places of sharingImages(images)) {
    const focal = geometricMean(places.map((place) => cameras[place]!.intrinsics.fx));
    for (const place of places) {
      const camera = cameras[place]!;
      shared[place] = { ...camera, intrinsics: { ...camera.intrinsics, fx: focal, fy: focal } };
    }
  }
  return { cameras: shared, edges };
}

function atBaseScale(world: World): World {
  const scale = BASE_SCALE / geometricMean(world.edges.map((edge) => edge.scale));
  return transformWorld({ ...IDENTITY_SIMILARITY, scale }, world);
}

/** Where the world is to be seen from, and in which unit. */
function outputFrame(
  { cameras }: World,
  images: readonly GroupImage[],
): { readonly outputFromWorld: Similarity; readonly scaleIsKnown: boolean } {
  const posed = images.flatMap(({ worldFromCam }, i) => (worldFromCam ? [{ i, worldFromCam }] : []));
  const [anchor] = posed;
  if (anchor === undefined) {
    const worldFromFirst = { scale: 1, rotation: cameras[0]!.rotation, translation: cameras[0]!.center };
    return { outputFromWorld: invertSimilarity(worldFromFirst), scaleIsKnown: false };
  }
  const extent = spreadOf(posed.map(({ worldFromCam }) => worldFromCam));
  const scale = extent > 0 ? extent / spreadOf(posed.map(({ i }) => poseOf(cameras[i]!))) : 1;
  const translation = addScaled(translationOf(anchor.worldFromCam), -scale, cameras[anchor.i]!.center);
  return { outputFromWorld: { ...IDENTITY_SIMILARITY, scale, translation }, scaleIsKnown: extent > 0 };
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
