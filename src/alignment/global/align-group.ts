import type { RunOptions } from "../../core/progress.ts";
import type { AlignmentWarning } from "../../core/scene.ts";
import { addScaled } from "../../geometry/mat3.ts";
import { translationOf } from "../../geometry/pose.ts";
import { IDENTITY_SIMILARITY, invertSimilarity, type Similarity } from "../../geometry/similarity.ts";
import { type AlignmentFits, measureFit } from "./alignment-fit.ts";
import { objective } from "./evaluate.ts";
import type { GroupStart } from "./find-groups.ts";
import { freeChanges } from "./free-changes.ts";
import { type Group, type GroupImage, sharingImages } from "./group.ts";
import { registerOnKnownPoses, spreadOf } from "./known-poses.ts";
import { COARSE_LEVELS, DRAFT_LEVELS, minimize, type Problem } from "./minimize.ts";
import { coarseLevel, fullLevel, type Level } from "./observation.ts";
import { poseContradictions } from "./pose-contradictions.ts";
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
  readonly fits: AlignmentFits;
  readonly warnings: readonly AlignmentWarning[];
}

/** The geometric mean of the edges' scales, as the public implementation has it: it makes losses comparable. */
const BASE_SCALE = 0.5;
/**
 * Weight of the regularizer that ties pairs to the camera of their view 1: enough to fix what the objective leaves
 * open.
 */
const TIE_STRENGTH = 0.03;
/** Weight of the focal length priors: about that of the pairs of a network that is usually off by a quarter. */
const FOCAL_PRIOR_STRENGTH = 0.03;
const SETTLE = { tolerance: 1e-5, maxSteps: 10 };

/**
 * Global alignment of a group of images from a first guess of its world. Undefined where the guess sees nothing in front of its
 * cameras.
 */
export async function alignGroup(
  { group, guess, isAligned, warnings }: GroupStart,
  free: { readonly principalPoints: boolean },
  { isDraft, ...options }: RunOptions & { readonly isDraft: boolean },
): Promise<AlignedGroup | undefined> {
  const sizes = group.images.map(({ size }) => size);
  const sampled = coarseLevel(sizes, group.pairs);
  const apart = isAligned ? guess : await withoutKnownPoses(group, guess, sampled, options);
  const laid = laidOnKnownPoses(apart, group.images);
  const start = atBaseScale(withSharedFocals(withKnownPoses(laid, group.images), group.images));
  const problem = alignmentProblem(group, start, sampled, free);
  if (problem === undefined) return undefined;
  const { penalty } = problem;
  const minimum = await minimize(start, problem, options, isDraft ? DRAFT_LEVELS : undefined);
  const { loss, depths } = isDraft
    ? objective(minimum.world, fullLevel(sizes, group.pairs), { penalty, settle: SETTLE })
    : minimum;
  const sampledDepths = objective(minimum.world, sampled, { penalty, settle: SETTLE }).depths;
  const frame = outputFrame(minimum.world, group.images);
  return {
    world: transformWorld(frame.outputFromWorld, minimum.world),
    depths: depths.map((depth) => scaled(depth, frame.outputFromWorld.scale)),
    scaleIsKnown: frame.scaleIsKnown,
    loss,
    iterations: minimum.iterations,
    fits: measureFit(minimum.world, sampled, sampledDepths),
    warnings: isAligned ? warnings : [...poseContradictions(laid, group.images), ...warnings],
  };
}

/** What is to be minimized from a start; undefined where that sees nothing in front of its cameras. */
function alignmentProblem(
  group: Group,
  start: World,
  sampled: Level,
  free: { readonly principalPoints: boolean },
): Problem | undefined {
  const distance = typicalDepth(start, sampled);
  if (!(distance > 0 && Number.isFinite(distance))) return undefined;
  const { images, pairs } = group;
  return {
    sizes: images.map(({ size }) => size),
    pairs,
    constraints: freeChanges(group, start, free),
    ties: { pairs, strength: TIE_STRENGTH, distance },
    focalPriors: { priors: images.map(({ focalPrior }) => focalPrior), strength: FOCAL_PRIOR_STRENGTH, distance },
    penalty: distancePenalty(distance),
  };
}

/** Where the images alone put cameras of which poses are known, to compare; the guess where none are. */
async function withoutKnownPoses(group: Group, guess: World, sampled: Level, { signal }: RunOptions): Promise<World> {
  if (group.images.every(({ worldFromCam }) => worldFromCam === undefined)) return guess;
  const images = group.images.map((image) => ({ ...image, worldFromCam: undefined }));
  const start = atBaseScale(withSharedFocals(guess, images));
  const problem = alignmentProblem({ ...group, images }, start, sampled, { principalPoints: false });
  return problem === undefined ? guess : (await minimize(start, problem, { signal }, COARSE_LEVELS)).world;
}

/** The world aligned to the known poses; as it is where there are none. */
function laidOnKnownPoses(world: World, images: readonly GroupImage[]): World {
  const posed = images.flatMap(({ worldFromCam }, i) => (worldFromCam ? [{ i, worldFromCam }] : []));
  if (posed.length === 0) return world;
  const knownFromWorld = registerOnKnownPoses(
    posed.map(({ i }) => poseOf(world.cameras[i]!)),
    posed.map(({ worldFromCam }) => worldFromCam),
  );
  return transformWorld(knownFromWorld, world);
}

/** The world with its known cameras where they are known to be. */
function withKnownPoses({ cameras, edges }: World, images: readonly GroupImage[]): World {
  const moved = cameras.map((camera, i) => {
    const { worldFromCam } = images[i]!;
    return worldFromCam ? cameraAt(worldFromCam, camera.intrinsics) : camera;
  });
  return { cameras: moved, edges };
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

/** In place: the depths of hundreds of images are the largest thing here. */
function scaled(depth: Float32Array, factor: number): Float32Array {
  for (let i = 0; i < depth.length; i++) depth[i]! *= factor;
  return depth;
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
