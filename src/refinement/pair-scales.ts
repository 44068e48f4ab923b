import { robustPotentials } from "../alignment/global/robust-potentials.ts";
import { growingComponents } from "../core/connected-components.ts";
import { dot, multiplyVector3, type Vector3 } from "../geometry/mat3.ts";
import { rotationOf, translationOf } from "../geometry/pose.ts";
import type { PosedPhoto } from "./posed-photo.ts";
import { tellingParallax } from "./telling-parallax.ts";
import type { VerifiedPair } from "./verify-pairs.ts";

/** Two pairs tell the ratio of their lengths by so many common features at least; more than so many make it no surer. */
const LEAST_COMMON = 5;
const MOST_COMMON = 50;
/** What two lengths by the network's depth of one photo weigh against one common feature. */
const HINGE_WEIGHT = 1;
/** Of the network's length of a pair: it sets the scale of all, and joins what nothing else does. */
const NETWORK_WEIGHT = 1e-3;

/** The features of one photo that a pair triangulates, `[n]`, each once, and the logarithms of their depths, `[n]`. */
interface DepthsOfPair {
  readonly features: Uint32Array;
  readonly logDepths: Float64Array;
}

/** Two pairs that show common features in the photo that they share, and what these say of their lengths. */
export interface PairLink {
  readonly pair1: number;
  readonly pair2: number;
  /** By how much the first has these features farther, as a logarithm. */
  readonly logRatio: number;
  /** How many they are. */
  readonly common: number;
}

/** Of each photo, any two of its pairs that triangulate `LEAST_COMMON` features of it or more in common. */
export function pairLinks(photos: readonly PosedPhoto[], pairs: readonly VerifiedPair[]): readonly PairLink[] {
  const seen = photos.map((): { readonly pair: number; readonly depths: DepthsOfPair }[] => []);
  for (const [pair, verified] of pairs.entries()) {
    const [depths1, depths2] = depthsOfPair(photos, verified);
    seen[verified.photo1]!.push({ pair, depths: depths1 });
    seen[verified.photo2]!.push({ pair, depths: depths2 });
  }
  return seen.flatMap((views, photo) => {
    const logDepthOf = new Float64Array(photos[photo]!.features.count);
    return views.flatMap((first, i) => {
      logDepthOf.fill(Number.NaN);
      first.depths.features.forEach((feature, k) => {
        logDepthOf[feature] = first.depths.logDepths[k]!;
      });
      return views.slice(0, i).flatMap((second) => {
        const ratios = commonRatios(logDepthOf, second.depths);
        if (ratios.length < LEAST_COMMON) return [];
        const logRatio = ratios[ratios.length >> 1]!;
        return { pair1: first.pair, pair2: second.pair, logRatio, common: ratios.length };
      });
    });
  });
}

/**
 * By pair, the factor of its translation with which the depths of features agree that several pairs triangulate: the length of a pair's
 * translation is otherwise by the network's depth, each pair's for itself.
 */
export function pairScales(photos: readonly PosedPhoto[], pairs: readonly VerifiedPair[]): readonly number[] {
  const links = pairLinks(photos, pairs);
  // Node 0 is the network's scale.
  const measurements = [
    ...hinges(pairs, links).map(([pair1, pair2]) => {
      return { view1: pair1 + 1, view2: pair2 + 1, difference: [0], weight: HINGE_WEIGHT };
    }),
    ...pairs.map((_, pair) => ({ view1: 0, view2: pair + 1, difference: [0], weight: NETWORK_WEIGHT })),
    ...links.map(({ pair1, pair2, logRatio, common }) => {
      return { view1: pair1 + 1, view2: pair2 + 1, difference: [logRatio], weight: Math.min(MOST_COMMON, common) };
    }),
  ];
  return robustPotentials(pairs.length + 1, measurements)
    .slice(1)
    .map(([logarithm]) => Math.exp(logarithm!));
}

/** Pairs that share a photo and that no chain of links joins: they have their lengths by one depth of the network's, which is alike there. */
function hinges(
  pairs: readonly VerifiedPair[],
  links: readonly PairLink[],
): (readonly [pair1: number, pair2: number])[] {
  const linked = growingComponents(pairs.length);
  for (const { pair1, pair2 } of links) linked.join(pair1, pair2);
  const pairsOf = new Map<number, number[]>();
  for (const [i, { photo1, photo2 }] of pairs.entries())
    for (const photo of [photo1, photo2]) pairsOf.set(photo, [...(pairsOf.get(photo) ?? []), i]);
  return [...pairsOf.values()].flatMap((own) =>
    own.flatMap((first, i) =>
      own.slice(0, i).flatMap((second) => (linked.areJoined(first, second) ? [] : [[first, second] as const])),
    ),
  );
}

/** In both photos, of matches with parallax that are in front of them. */
function depthsOfPair(
  photos: readonly PosedPhoto[],
  { photo1, photo2, cam2FromCam1, focal1, focal2, matches }: VerifiedPair,
): readonly [DepthsOfPair, DepthsOfPair] {
  const [rotation, translation] = [rotationOf(cam2FromCam1), translationOf(cam2FromCam1)];
  const features = [new Uint32Array(matches.length / 2), new Uint32Array(matches.length / 2)] as const;
  const logDepths = [new Float64Array(matches.length / 2), new Float64Array(matches.length / 2)] as const;
  const leastAngle = Math.max(tellingParallax(photos[photo1]!, focal1), tellingParallax(photos[photo2]!, focal2));
  let count = 0;
  for (let k = 0; k < matches.length; k += 2) {
    const ray1 = multiplyVector3(rotation, rayOf(photos[photo1]!, matches[k]!, focal1));
    const ray2 = rayOf(photos[photo2]!, matches[k + 1]!, focal2);
    // z2 ray2 = z1 ray1 + translation, in the least squares sense.
    const [a, b, c] = [dot(ray1, ray1), dot(ray1, ray2), dot(ray2, ray2)];
    const determinant = a * c - b * b;
    if (!(determinant > Math.sin(leastAngle) ** 2 * a * c)) continue;
    const [d, e] = [dot(ray1, translation), dot(ray2, translation)];
    const [z1, z2] = [(b * e - c * d) / determinant, (a * e - b * d) / determinant];
    if (!(z1 > 0 && z2 > 0)) continue;
    features[0][count] = matches[k]!;
    features[1][count] = matches[k + 1]!;
    logDepths[0][count] = Math.log(z1);
    logDepths[1][count] = Math.log(z2);
    count++;
  }
  const of = (side: 0 | 1): DepthsOfPair => {
    return { features: features[side].slice(0, count), logDepths: logDepths[side].slice(0, count) };
  };
  return [of(0), of(1)];
}

function rayOf(
  { features: { positions }, intrinsics: { cx, cy } }: PosedPhoto,
  feature: number,
  focal: number,
): Vector3 {
  return [(positions[2 * feature]! - cx) / focal, (positions[2 * feature + 1]! - cy) / focal, 1];
}

/** By how much one pair (by feature, NaN where it has none) has common features farther than another, as logarithms, ascending. */
function commonRatios(logDepthOf: Float64Array, { features, logDepths }: DepthsOfPair): Float64Array {
  const ratios = Float64Array.from(features, (feature, k) => logDepthOf[feature]! - logDepths[k]!);
  return ratios.filter((ratio) => !Number.isNaN(ratio)).sort();
}
