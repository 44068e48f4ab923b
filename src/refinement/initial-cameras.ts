import { averageSimilarities, type RelativeSimilarity } from "../alignment/global/average-similarities.ts";
import { maximumSpanningForest } from "../alignment/spanning-forest.ts";
import type { Pose } from "../core/camera.ts";
import { connectedComponents } from "../core/connected-components.ts";
import { composePoses, invertRigid, rigidPose, rotationOf, scaleTranslation, translationOf } from "../geometry/pose.ts";
import { pairScales } from "./pair-scales.ts";
import type { PosedPhoto } from "./posed-photo.ts";
import type { VerifiedPair } from "./verify-pairs.ts";

/** The share of a verified pair's weight that the network's own relative pose has: it only connects what nothing else does. */
const NETWORK_WEIGHT = 1e-3;
/** Photos of the largest group to which the network connects each photo of another: several, for one may be wrong. */
const LINKS = 8;
/** Pairs of a photo that start it, those with the most matches: what all pairs of many photos agree on takes the cube of their number. */
const MOST_PAIRS = 16;
/** Matches beyond this many make a pair no surer. */
const MOST_MATCHES = 200;

/**
 * Where to start bundle adjustment: the cameras that agree best with the verified pairs, by averaging of their relative
 * poses, and with the network where no verified pair connects photos. Undefined for photos without a verified pair, and
 * those that nothing connects to the most.
 */
export function initialCameras(
  photos: readonly PosedPhoto[],
  verified: readonly VerifiedPair[],
): readonly (Pose | undefined)[] {
  const members = new Set(verified.flatMap(({ photo1, photo2 }) => [photo1, photo2]));
  // Poses that were given fix the world: the network placed the others in it.
  if (photos.some(({ isFixed }) => isFixed)) {
    return photos.map(({ worldFromCam }, i) => (members.has(i) ? worldFromCam : undefined));
  }
  const strongest = strongestPairs(photos.length, verified);
  const scales = pairScales(photos, strongest);
  const edges = [...strongest.map((pair, i) => measured(pair, scales[i]!)), ...networkEdges(photos, verified)];
  const nodes = connectedComponents(
    photos.length,
    edges.map(({ view1, view2 }) => [view1, view2] as const),
  ).reduce((best, group) => (group.length > best.length ? group : best), []);
  const place = new Map(nodes.map((photo, node) => [photo, node]));
  const frames = averageSimilarities(
    nodes.length,
    edges
      .filter(({ view1 }) => place.has(view1))
      .map((edge) => ({ ...edge, view1: place.get(edge.view1)!, view2: place.get(edge.view2)! })),
  );
  return photos.map((_, i) => {
    const frame = frames[place.get(i) ?? -1];
    return frame && members.has(i) ? rigidPose(frame.rotation, frame.translation) : undefined;
  });
}

/** Of each photo the pairs with the most matches, and those that connect all. */
function strongestPairs(count: number, verified: readonly VerifiedPair[]): VerifiedPair[] {
  const pairsOf = Array.from({ length: count }, (): VerifiedPair[] => []);
  for (const pair of verified) {
    pairsOf[pair.photo1]!.push(pair);
    pairsOf[pair.photo2]!.push(pair);
  }
  const forest = maximumSpanningForest(
    count,
    verified.map((pair) => ({ view1: pair.photo1, view2: pair.photo2, weight: pair.matches.length, pair })),
  );
  const strongest = new Set(forest.map(({ pair }) => pair));
  for (const own of pairsOf) {
    own.sort((a, b) => b.matches.length - a.matches.length);
    for (const pair of own.slice(0, MOST_PAIRS)) strongest.add(pair);
  }
  return verified.filter((pair) => strongest.has(pair));
}

function measured({ photo1, photo2, cam2FromCam1, matches }: VerifiedPair, scale: number): RelativeSimilarity {
  const cam1FromCam2 = invertRigid(scaleTranslation(cam2FromCam1, scale));
  return edgeOf(photo1, photo2, cam1FromCam2, Math.min(MOST_MATCHES, matches.length / 2) / MOST_MATCHES);
}

/**
 * The network's relative poses between photos that no chain of verified pairs connects: in each of its worlds from every photo
 * to some of the largest group that verified pairs connect, so that their number grows with that of the photos alone.
 */
function networkEdges(photos: readonly PosedPhoto[], verified: readonly VerifiedPair[]): RelativeSimilarity[] {
  const groups = connectedComponents(
    photos.length,
    verified.map(({ photo1, photo2 }) => [photo1, photo2] as const),
  ).filter(({ length }) => length > 1);
  const worlds = new Map<number, number[][]>();
  for (const group of groups) {
    for (const world of new Set(group.flatMap((photo) => photos[photo]!.component ?? []))) {
      const members = group.filter((photo) => photos[photo]!.component === world && photos[photo]!.worldFromCam);
      worlds.set(world, [...(worlds.get(world) ?? []), members]);
    }
  }
  return [...worlds.values()].flatMap((parts) => {
    const [largest, ...others] = parts.toSorted((a, b) => b.length - a.length);
    const links = Math.min(LINKS, largest!.length);
    return others.flat().flatMap((photo, place, { length }) =>
      Array.from({ length: links }, (_, k) => {
        // Spread over the group, and each photo's elsewhere.
        const anchor = largest![Math.floor(((k + place / length) * largest!.length) / links)]!;
        const [from, to] = [photos[anchor]!.worldFromCam!, photos[photo]!.worldFromCam!];
        return edgeOf(anchor, photo, composePoses(invertRigid(from), to), NETWORK_WEIGHT);
      }),
    );
  });
}

function edgeOf(view1: number, view2: number, cam1FromCam2: Pose, weight: number): RelativeSimilarity {
  const frame1FromFrame2 = { scale: 1, rotation: rotationOf(cam1FromCam2), translation: translationOf(cam1FromCam2) };
  return { view1, view2, frame1FromFrame2, weight };
}
