import { averageSimilarities, type RelativeSimilarity } from "../alignment/global/average-similarities.ts";
import type { Pose } from "../core/camera.ts";
import { connectedComponents } from "../core/connected-components.ts";
import { composePoses, invertRigid, rigidPose, rotationOf, translationOf } from "../geometry/pose.ts";
import type { PosedPhoto } from "./posed-photo.ts";
import type { VerifiedPair } from "./verify-pairs.ts";

/** The share of a verified pair's weight that the network's own relative pose has: it only connects what nothing else does. */
const NETWORK_WEIGHT = 1e-3;
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
  const edges = [...verified.map(measured), ...networkEdges(photos, members)];
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

function measured({ photo1, photo2, cam2FromCam1, matches }: VerifiedPair): RelativeSimilarity {
  return edgeOf(photo1, photo2, invertRigid(cam2FromCam1), Math.min(MOST_MATCHES, matches.length / 2) / MOST_MATCHES);
}

function networkEdges(photos: readonly PosedPhoto[], members: ReadonlySet<number>): RelativeSimilarity[] {
  const list = [...members].sort((a, b) => a - b);
  return list.flatMap((j, k) =>
    list.slice(0, k).flatMap((i) => {
      const [first, second] = [photos[i]!, photos[j]!];
      if (first.worldFromCam === undefined || second.worldFromCam === undefined) return [];
      if (first.component !== second.component) return [];
      return edgeOf(i, j, composePoses(invertRigid(first.worldFromCam), second.worldFromCam), NETWORK_WEIGHT);
    }),
  );
}

function edgeOf(view1: number, view2: number, cam1FromCam2: Pose, weight: number): RelativeSimilarity {
  const frame1FromFrame2 = { scale: 1, rotation: rotationOf(cam1FromCam2), translation: translationOf(cam1FromCam2) };
  return { view1, view2, frame1FromFrame2, weight };
}
