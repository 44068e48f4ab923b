import type { Intrinsics, Pose } from "../core/camera.ts";
import type { FocalSource, SceneImage } from "../core/scene.ts";
import type { Size, View } from "../core/view.ts";
import { FEATURE_DEFAULTS } from "../features/detect-features.ts";
import type { Features } from "../features/features.ts";
import { originalIntrinsics } from "../geometry/pixel-mapping.ts";
import type { FocalKnowledge } from "../geometry/robust/two-view/focal-knowledge.ts";

/** A photo as the network placed it, with its local features; all in original pixels. */
export interface PosedPhoto {
  readonly features: Features;
  readonly intrinsics: Intrinsics;
  readonly focal: FocalKnowledge;
  /** Photos of one number share their intrinsics. */
  readonly camera: number;
  /** That is only likely: nothing but the photos' size says so. */
  readonly cameraIsGuessed: boolean;
  /** Undefined where the network could not place it. */
  readonly worldFromCam: Pose | undefined;
  /** Photos of different components have different worlds. */
  readonly component: number | undefined;
  /** The pose was given beforehand, and stays. */
  readonly isFixed: boolean;
  /** A lens that is known does not bend lines, or they were made straight. */
  readonly isStraight: boolean;
  /** The network's depth at a pixel, in the scene's units; 0 where it has none. */
  depthAt(x: number, y: number): number;
  /** Standard deviation of a feature's position, in pixels. */
  readonly noise: number;
}

/** By where a focal length comes from, how far it is ordinarily off: standard deviation of its logarithm. */
const FOCAL_SIGMA: Readonly<Record<FocalSource, number>> = {
  given: 0,
  features: 0.05,
  exif: 0.1,
  network: 0.35,
  assumed: Number.POSITIVE_INFINITY,
};
/**
 * Photos of unknown lenses: their focal lengths as a multiple of the side of a square as large, and how they scatter. 1.1 is a lens
 * of 32 mm on 35 mm film: phones have 24 to 28 mm, zooms of other cameras mostly 28 to 70.
 */
const ORDINARY_FOCAL = 1.1;
const ORDINARY_SIGMA = 0.35;

/** A photo of a scene with its features. */
export function posedPhoto(
  image: SceneImage,
  view: View,
  {
    features,
    isFixed,
    index,
    camerasAreGuessed = false,
    featureSize = FEATURE_DEFAULTS.featureSize,
  }: {
    readonly features: Features;
    readonly isFixed: boolean;
    readonly index: number;
    /** Set when which photos share a camera is only likely. */
    readonly camerasAreGuessed?: boolean | undefined;
    /** That the features were found with. */
    readonly featureSize?: number | undefined;
  },
): PosedPhoto {
  const { width, height, depth } = image;
  const { scaleX, scaleY, offsetX, offsetY } = view.originalFromNetwork;
  const intrinsics = originalIntrinsics(image.intrinsics, view.originalFromNetwork);
  const longSide = Math.max(view.original.width, view.original.height);
  return {
    features,
    intrinsics,
    focal: focalKnowledge(Math.sqrt(intrinsics.fx * intrinsics.fy), image.focalSource ?? "network", view.original),
    camera: image.camera ?? index,
    // EXIF data of one body and one focal length are no guess.
    cameraIsGuessed: camerasAreGuessed && image.focalSource !== "exif" && image.focalSource !== "given",
    worldFromCam: image.component === undefined ? undefined : image.worldFromCam,
    component: image.component,
    isFixed,
    isStraight: view.straightening !== undefined,
    depthAt(x, y) {
      const u = Math.round((x - offsetX) / scaleX);
      const v = Math.round((y - offsetY) / scaleY);
      return u >= 0 && v >= 0 && u < width && v < height ? depth[v * width + u]! : 0;
    },
    noise: Math.max(1, longSide / featureSize),
  };
}

/** Whether nothing is known of the photo's lens but what features tell. */
export function hasUnknownLens({ isStraight, focal }: PosedPhoto): boolean {
  return !isStraight && focal.logSigma !== 0;
}

/** `[features.count, 2]`: positions of features from the principal point: a camera that is held upright has another, but no other lens. */
export function fromPrincipalPoint({ features, intrinsics: { cx, cy } }: PosedPhoto): Float64Array {
  return Float64Array.from(features.positions, (value, i) => value - (i % 2 === 0 ? cx : cy));
}

/** What is known of a focal length: what the scene has, and, where the network alone found that, what is ordinary. */
function focalKnowledge(focal: number, source: FocalSource, { width, height }: Size): FocalKnowledge {
  const logSigma = FOCAL_SIGMA[source];
  if (source !== "network" && source !== "assumed") return { focal, logSigma };
  const [own, ordinary] = [logSigma ** -2, ORDINARY_SIGMA ** -2];
  const mean =
    (own * Math.log(focal) + ordinary * Math.log(ORDINARY_FOCAL * Math.sqrt(width * height))) / (own + ordinary);
  return { focal: Math.exp(mean), logSigma: (own + ordinary) ** -0.5 };
}
