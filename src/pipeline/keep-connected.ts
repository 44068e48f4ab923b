import { meanConfidence } from "../alignment/prediction-summary.ts";
import { growingComponents } from "../core/connected-components.ts";
import type { Scene, SceneImage } from "../core/scene.ts";
import { unorderedPairKey } from "../core/unordered-pair.ts";
import { shareSurface } from "../export/tracks/pair-evidence.ts";
import { composePoses, invertRigid } from "../geometry/pose.ts";

/** Evidence for the registration of photos besides the photos. */
export interface KnownPlaces {
  /** True for images, by index, whose poses were given: they need no other evidence. */
  readonly isPosed: (image: number) => boolean;
  /** True for two images whose local features agree beyond chance; left out where features were not asked. */
  readonly areVerified?: ((image1: number, image2: number) => boolean) | undefined;
}

/**
 * Two photos are of one place where the network, shown both, is at least this sure of one in the frame of the other, relative
 * to the other itself (the geometric mean over both directions). Photos of different scenes of the generator stay below it
 * in 78 of 79 pairs, and so do 162 of 170 pairs of strangers among photos.
 */
const LEAST_RELATIVE_CONFIDENCE = 0.1;

/**
 * Where features were asked and do not agree, the confidence alone has to be this high: it is 0.32 at most in 146 pairs of strangers
 * among photos, and 0.4 to 0.98 in 14 of the 23 pairs of one place (of 151) in which features find too little in common.
 */
const LEAST_ALONE = 0.5;

/**
 * Photos that share points beyond chance need this much, too, where features were asked and do not agree: 8 of 190 sets with a
 * stranger pass without these two bounds, none with them.
 */
const LEAST_WITHOUT_FEATURES = 0.01;

/**
 * The scene with only those photos registered that evidence connects: local features that agree, or what the network has: points
 * that two photos share beyond chance, or its own confidence in the pair; more of it where features were asked and do not agree.
 * The largest group stays, of several as large the one that the network is most confident of. Alignment gives every photo a
 * pose; this decides whether to keep it.
 * Other groups become components, each, as the scene itself, in the world of its first camera; the poses that were given
 * keep the scene's world where it is.
 */
export function keepConnected(scene: Scene, places: KnownPlaces): Scene {
  const { isPosed } = places;
  const { images, alignment } = scene;
  const registered = images.flatMap(({ registered }, i) => (registered ? [i] : []));
  if (registered.length < 2 || alignment.method === "none") return scene;
  const groups = evidentGroups(scene, places).filter(([first]) => images[first!]!.registered);
  if (groups.length === 1) return scene;
  const posed = registered.some(isPosed);
  const main = groups.reduce((best, group) => (isBefore(group, best, { images, isPosed }) ? group : best));
  let component = Math.max(0, ...images.map((image) => image.component ?? 0));
  const moved = [...images];
  for (const group of groups) {
    const number = group === main ? 0 : group.length > 1 ? ++component : undefined;
    const worldFromScene = group === main && posed ? undefined : invertRigid(images[group[0]!]!.worldFromCam);
    for (const i of group) moved[i] = placed(images[i]!, number, worldFromScene);
  }
  return { ...scene, images: moved };
}

/** A group with given poses is the scene, whatever its size: they are its world. */
function isBefore(
  group: readonly number[],
  other: readonly number[],
  { images, isPosed }: Pick<KnownPlaces, "isPosed"> & Pick<Scene, "images">,
): boolean {
  const rank = (members: readonly number[]) => (members.some(isPosed) ? Infinity : members.length);
  if (rank(group) !== rank(other)) return rank(group) > rank(other);
  const confidence = (members: readonly number[]) =>
    members.reduce((sum, i) => sum + meanConfidence(images[i]!.confidence), 0);
  return confidence(group) > confidence(other);
}

function placed(
  image: SceneImage,
  component: number | undefined,
  worldFromScene: SceneImage["worldFromCam"] | undefined,
) {
  const worldFromCam = worldFromScene ? composePoses(worldFromScene, image.worldFromCam) : image.worldFromCam;
  return { ...image, registered: component === 0, component, worldFromCam };
}

/** Groups of all images; pairs are tried from the most confident on, as long as they join groups. */
function evidentGroups({ images, pairs }: Scene, { isPosed, areVerified }: KnownPlaces): number[][] {
  const { areJoined, join, components } = growingComponents(images.length);
  const posed = images.flatMap(({ registered }, i) => (registered && isPosed(i) ? [i] : []));
  for (const image of posed) join(posed[0]!, image);
  const mutual = mutualConfidence(pairs);
  for (const { image1, image2 } of pairs.toSorted((a, b) => b.meanConfidence - a.meanConfidence)) {
    if (!images[image1]!.registered || !images[image2]!.registered || areJoined(image1, image2)) continue;
    const confidence = mutual(image1, image2);
    const isShared = () => shareSurface(images[image1]!, images[image2]!);
    const isEvident =
      areVerified === undefined
        ? (confidence ?? 0) >= LEAST_RELATIVE_CONFIDENCE || isShared()
        : areVerified(image1, image2) ||
          (confidence ?? 0) >= LEAST_ALONE ||
          ((confidence ?? 1) >= LEAST_WITHOUT_FEATURES && isShared());
    if (isEvident) join(image1, image2);
  }
  return components();
}

/** The geometric mean of the relative confidences of a pair's directions; undefined where none is known. */
function mutualConfidence(pairs: Scene["pairs"]): (image1: number, image2: number) => number | undefined {
  const known = new Map<string, number[]>();
  for (const { image1, image2, relativeConfidence } of pairs) {
    if (relativeConfidence === undefined) continue;
    const key = unorderedPairKey(image1, image2);
    known.set(key, [...(known.get(key) ?? []), relativeConfidence]);
  }
  return (image1, image2) => {
    const ratios = known.get(unorderedPairKey(image1, image2));
    return ratios && ratios.reduce((product, ratio) => product * ratio, 1) ** (1 / ratios.length);
  };
}
