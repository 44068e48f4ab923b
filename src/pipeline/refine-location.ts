import type { Intrinsics } from "../core/camera.ts";
import type { RunOptions } from "../core/progress.ts";
import type { FocalSource, SceneImage } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { networkIntrinsics } from "../geometry/pixel-mapping.ts";
import { identityPose, invertRigid, rotationOf } from "../geometry/pose.ts";
import { rotationAngle } from "../geometry/rotation.ts";
import { guessIntrinsics, type MapObservation } from "../tasks/localization.ts";
import { locatedDepth } from "../tasks/located-depth.ts";
import type { LocateOptions } from "./localize-options.ts";
import type { LocalizedPhoto } from "./localized-photo.ts";
import { type FeatureQuery, locateByFeatures } from "./locate-by-features.ts";
import type { MapFeatures } from "./map-features.ts";

/** A photo that the network located, or did not. */
export interface LocatedQuery extends Omit<FeatureQuery, "image"> {
  readonly observations: readonly MapObservation[];
  readonly how: LocateOptions & RunOptions & { readonly intrinsics?: Intrinsics | undefined };
}

/** In degrees: poses further apart are not of one place. */
const DISAGREEMENT = 10;

/**
 * What the network found of a photo, with the pose that local features give it where they agree beyond chance; where the two
 * contradict each other, that is a doubt.
 */
export async function refineLocation(
  byNetwork: LocalizedPhoto,
  { view, file, indices, observations, how }: LocatedQuery,
  map: MapFeatures,
): Promise<LocalizedPhoto> {
  const image = networkImage(byNetwork, { view, observations, how });
  const { seed, signal } = how;
  const found = await locateByFeatures({ view, file, image, indices }, map, { seed, signal });
  if (found === undefined) return byNetwork;
  const { camFromWorld, intrinsics, inliers } = found;
  return {
    name: byNetwork.name,
    camFromWorld,
    intrinsics,
    focalSource: how.intrinsics ? "given" : "features",
    poseSource: "refined",
    inliers,
    problem: undefined,
    doubts: byNetwork.camFromWorld ? disagreement(view.name, byNetwork.camFromWorld, camFromWorld) : [],
  };
}

function disagreement(name: string, network: NonNullable<LocalizedPhoto["camFromWorld"]>, features: typeof network) {
  const apart = rotationAngle(rotationOf(network), rotationOf(features)) * (180 / Math.PI);
  return apart > DISAGREEMENT
    ? [`${name}: the network and the features disagree by ${apart.toFixed(0)}°; the features' pose is given.`]
    : [];
}

/** The photo as a part of a scene: where the network puts it, and its depth. */
function networkImage(
  { camFromWorld, intrinsics }: LocalizedPhoto,
  { view, observations, how }: Pick<LocatedQuery, "observations" | "how"> & { readonly view: View },
): SceneImage {
  const { width, height, originalFromNetwork } = view;
  const camera = how.intrinsics ?? how.likely?.intrinsics ?? intrinsics;
  const depth = camFromWorld && locatedDepth(observations, camFromWorld, how.minConfidence)?.depth;
  return {
    width,
    height,
    registered: camFromWorld !== undefined,
    component: camFromWorld ? 0 : undefined,
    intrinsics: camera ? networkIntrinsics(camera, originalFromNetwork) : guessIntrinsics(observations),
    focalSource: focalSource(how),
    worldFromCam: camFromWorld ? invertRigid(camFromWorld) : identityPose(),
    depth: depth ?? new Float32Array(width * height),
    confidence: observations[0]!.prediction.confidence1,
  };
}

/** What was taken with the map's camera is known as well as features tell that one. */
function focalSource({ intrinsics, likely }: LocatedQuery["how"]): FocalSource {
  if (intrinsics) return "given";
  if (likely) return likely.source === "exif" ? "exif" : "features";
  return "network";
}
