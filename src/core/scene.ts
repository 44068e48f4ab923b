import type { Intrinsics, Pose } from "./camera.ts";
import type { KnownLens } from "./known-lens.ts";
import type { PairingReport } from "./pairing-report.ts";
import type { TrackPoints } from "./track-points.ts";
import type { Size } from "./view.ts";

/**
 * Where a focal length comes from: `given` beforehand, found by local `features` of several photos, by the `network` and
 * `exif` data together or by the `network` alone, or `assumed` where the network's points hold none.
 */
export type FocalSource = "given" | "features" | "exif" | "network" | "assumed";

/**
 * Where a pose comes from: `given` beforehand, `refined` on local features of the photos, or found by the `network` alone.
 */
export type PoseSource = "given" | "refined" | "network";

/** One photo's part of a scene, at **network resolution**; `export` maps it to original pixels. */
export interface SceneImage extends Size {
  /** False when the photo is not in this scene's world: it could not be connected, or only to others that are not. */
  readonly registered: boolean;
  /**
   * Groups of photos that share no pair: 0 holds the registered photos, each further one has a world of its own, that of
   * its first photo's camera, and a unit of its own. Undefined for a photo alone, whose pose and depth mean nothing.
   */
  readonly component?: number | undefined;
  /** In network pixels. */
  readonly intrinsics: Intrinsics;
  /** Images of one camera have one number and one focal length; undefined for a camera of its own. */
  readonly camera?: number | undefined;
  readonly focalSource?: FocalSource | undefined;
  /** The camera's pose in the world, OpenCV axes. */
  readonly worldFromCam: Pose;
  /** Undefined where it is not known. */
  readonly poseSource?: PoseSource | undefined;
  /** `[height, width]`, z-depth in the camera's frame and the scene's units; 0 where there is none. */
  readonly depth: Float32Array;
  /** `[height, width]`, at least 1: the highest of all pairs. 0 where cleaning removed the point. */
  readonly confidence: Float32Array;
  /** How well the pairs fit the photo's depth and pose; undefined where nothing was optimized. */
  readonly fit?: AlignmentFit | undefined;
}

/** How well the pairwise predictions fit the scene; distances are relative to the distance from the camera. */
export interface AlignmentFit {
  /** Median distance between a pixel's point by a pair and by the scene, weighted by confidence. */
  readonly residual: number;
  /** Inlier ratio: the share of pixels, weighted by confidence, for which that distance is below a tenth. */
  readonly inlierShare: number;
}

/** A pair of photos, and how confident the network is of it. */
export interface ScenePair {
  readonly image1: number;
  readonly image2: number;
  /** Mean over both confidence maps. */
  readonly meanConfidence: number;
  /**
   * How sure the network is of the second image, which it places in the frame of the first, relative to how sure it is of the
   * first: the ratio of their mean log confidences. Near 0 for images of different places. Undefined where it is not known.
   */
  readonly relativeConfidence?: number | undefined;
  /** How well the pair fits the scene, at the worse of its photos; undefined where it had no part in an optimization. */
  readonly fit?: AlignmentFit | undefined;
}

/** How the pairwise pointmaps were brought into one frame. */
export interface AlignmentReport {
  readonly method: "monocular" | "pair" | "spanning-tree" | "global" | "none";
  /**
   * Value of the objective, null where none was minimized: the mean weighted distance of section 3.4 of the paper, for
   * pixels of view 1 plus for pixels of view 2, at the scale where the pairs' scales have the geometric mean ½ and weighted
   * by the logarithm of the confidence, as the public implementation reports it.
   */
  readonly loss: number | null;
  /** Steps of the optimizer. */
  readonly iterations: number;
  readonly seconds: number;
}

/** Where the images contradict the priors. */
export type AlignmentWarning =
  | {
      readonly kind: "pose-contradicts-images";
      readonly image: number;
      /** Between the given orientation and the one estimated from the images. */
      readonly degrees: number;
      /** Between both places, as a share of the extent of all given ones. */
      readonly distance: number;
    }
  /** The focal length that an image's EXIF data name is `ratio` times what its points fit, and was ignored. */
  | { readonly kind: "exif-contradicts-points"; readonly image: number; readonly ratio: number }
  /** The focal length that features give an image is `ratio` times the network's, which had nothing to go by but the photos. */
  | { readonly kind: "features-contradict-network"; readonly image: number; readonly ratio: number }
  /** Features put an image's principal point beside the middle, by these shares of its width and height: it looks cropped, and its camera has it there. */
  | { readonly kind: "off-center"; readonly image: number; readonly across: number; readonly along: number }
  /** The given distance is `ratio` times that at the scale of the given poses, which stands. */
  | { readonly kind: "distance-contradicts-poses"; readonly ratio: number }
  /** Two images that look as if they were of one place, where all others contradict that: the pair was left out. */
  | { readonly kind: "false-loop"; readonly image1: number; readonly image2: number };

/** Two images whose features contradict their given poses, by the angle of a rotation and that between directions, in degrees. */
export interface ContradictedPair {
  readonly image1: number;
  readonly image2: number;
  readonly rotation: number;
  readonly direction: number;
}

/** The lens of an image, in original pixels: where it bends lines, by what local features say. */
export interface FoundLens {
  readonly image: number;
  readonly lens: KnownLens;
}

/** Images of which features do not tell how large what they show is beside the rest: one image alone joins them to others. */
export interface LooseImages {
  /** In ascending order. */
  readonly images: readonly number[];
  readonly hinge: number;
}

/** What local features of the photos contributed to a scene. */
export interface RefinementReport {
  /** Pairs of photos whose matches support a relative pose. */
  readonly verifiedPairs: number;
  /** Of these, pairs that leave one pose, and the scene's cameras explain fewer than half of their matches. */
  readonly unexplainedPairs: number;
  /** Points triangulated from them. */
  readonly points: number;
  /** Pairs of images whose features tell of a turn alone: nothing fixes their distance. */
  readonly rotations: readonly (readonly [image1: number, image2: number])[];
  /** Pairs whose given poses the features contradict; these poses stand. */
  readonly contradicted: readonly ContradictedPair[];
  /** Images of such pairs, in ascending order: of all others no features agree with those of any image they were paired with. */
  readonly verifiedImages: readonly number[];
  /** Images whose scale beside the others' features leave open: it is the network's guess. */
  readonly loose: readonly LooseImages[];
  /** Lenses that bend lines, of images in ascending order; the cameras of this scene are without them. */
  readonly lenses: readonly FoundLens[];
  readonly seconds: number;
}

/** Many photos in one world frame: that of the first registered photo's camera, or of the poses that were given. */
export interface Scene {
  readonly units: "arbitrary" | "metres";
  /** In the order of the input. */
  readonly images: readonly SceneImage[];
  readonly pairs: readonly ScenePair[];
  /** How the pairs were found; undefined where that was told. */
  readonly pairing?: PairingReport | undefined;
  readonly alignment: AlignmentReport;
  readonly warnings?: readonly AlignmentWarning[] | undefined;
  /** Points triangulated from local features, among photos whose cameras are refined. */
  readonly tracks?: TrackPoints | undefined;
  /** Undefined where features were not asked. */
  readonly refinement?: RefinementReport | undefined;
}
