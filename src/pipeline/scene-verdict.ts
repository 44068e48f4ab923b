import type { AnswerStatus } from "../core/answer-status.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { Scene } from "../core/scene.ts";
import { someOf } from "../core/some-of.ts";
import type { View } from "../core/view.ts";
import { contentWarnings, isSamePicture, pictureContent } from "../images/picture-content.ts";
import { alignViews } from "./align-views.ts";
import { pairingWarnings } from "./pairing-warnings.ts";
import { streamed } from "./streamed.ts";

/** Whether evidence supports an answer, and reasons to doubt it, one sentence each. */
export interface Verdict {
  readonly status: AnswerStatus;
  readonly warnings: readonly string[];
}

/**
 * Whether evidence supports a scene: two or more photos that show different pictures and are connected, or one alone
 * that was all there is.
 */
export function sceneVerdict(scene: Scene, views: readonly View[]): Verdict {
  const contents = views.map(pictureContent);
  const warnings = [
    ...contentWarnings(views, contents),
    ...pairingWarnings(scene.pairing, views),
    ...rotationWarnings(scene, views),
    ...scaleWarnings(scene, views),
    ...contradictions(scene, views),
    ...featureWarnings(scene, views),
    ...misledWarnings(scene),
  ];
  const used = views.filter((_, i) => scene.images[i]!.registered && contents[i] === "picture");
  const different = used.filter((view, i) => !used.slice(0, i).some((earlier) => isSamePicture(earlier, view)));
  if (different.length >= Math.min(2, views.length)) return { status: "ok", warnings };
  if (views.length > 1 && different.length === 1)
    warnings.push("Nothing shows that any two of the photos are of one place.");
  return { status: "no-evidence", warnings };
}

/** Photos that were taken from one place have no baseline: where a scene puts them is the network's guess. */
function rotationWarnings({ images, refinement }: Scene, views: readonly View[]): string[] {
  return (refinement?.rotations ?? []).flatMap(([image1, image2]) => {
    const isGuessed = [image1, image2].some((i) => images[i]!.registered && images[i]!.poseSource === "network");
    if (!isGuessed) return [];
    const [name1, name2] = [views[image1]!.name, views[image2]!.name];
    return `${name1} and ${name2} seem to be taken from one place: their distance is the network's guess.`;
  });
}

/** Parts that one photo joins, without features that several pairs see there: turned and placed rightly, but of a size of their own. */
function scaleWarnings({ images, refinement }: Scene, views: readonly View[]): string[] {
  return (refinement?.loose ?? []).flatMap(({ images: members, hinge }) => {
    const placed = members.filter((i) => images[i]!.registered);
    if (placed.length === 0 || !images[hinge]!.registered) return [];
    const names = someOf(placed.map((i) => views[i]!.name));
    const count = placed.length > 1 ? ` (${placed.length} photos)` : "";
    return (
      `Only ${views[hinge]!.name} joins ${names}${count} to the others, and shows no features from both sides: how large that part is ` +
      "beside the rest is the network's guess. A few more photos there would tell."
    );
  });
}

/** Where features contradict given poses: several pairs in one sentence, the worst first. */
function contradictions({ refinement }: Scene, views: readonly View[]): string[] {
  const pairs = (refinement?.contradicted ?? []).toSorted((a, b) => b.rotation - a.rotation);
  if (pairs.length === 0) return [];
  const listed = pairs.slice(0, MOST_LISTED).map(({ image1, image2, rotation, direction }) => {
    const angles = `${rotation.toFixed(0)}° of rotation, ${direction.toFixed(0)}° of direction`;
    return `${views[image1]!.name} and ${views[image2]!.name} (${angles})`;
  });
  const others = pairs.length > MOST_LISTED ? ` and ${pairs.length - MOST_LISTED} more pairs` : "";
  return [`The features contradict the given poses, which stand: of ${listed.join(", ")}${others}.`];
}

const MOST_LISTED = 3;

/** Photos about which nothing but the network says where they are. */
function featureWarnings({ images, refinement }: Scene, views: readonly View[]): string[] {
  if (refinement === undefined || images.filter(({ registered }) => registered).length < 2) return [];
  const verified = new Set(refinement.verifiedImages);
  const alone = views.filter(
    (_, i) => images[i]!.registered && images[i]!.poseSource === "network" && !verified.has(i),
  );
  if (alone.length === 0) return [];
  const names = alone.map(({ name }) => name).join(", ");
  return [`No features agree: only the network places ${names}. Look there with care.`];
}

/**
 * Of pairs that features verify, the share that the cameras may leave unexplained: more means that no cameras do, or wrong ones. Of 60 sets
 * of photographs none has more.
 */
const MOST_UNEXPLAINED = 1 / 3;

/** Cameras that contradict many of the pairs that features verify: most of these are wrong, or the cameras. */
function misledWarnings({ refinement }: Scene): string[] {
  const { verifiedPairs = 0, unexplainedPairs = 0, contradicted = [] } = refinement ?? {};
  // Where poses were given, it is these that features contradict.
  if (contradicted.length > 0 || !(unexplainedPairs > MOST_UNEXPLAINED * verifiedPairs)) return [];
  return [
    `The cameras contradict ${unexplainedPairs} of the ${verifiedPairs} pairs of photos whose features agree: things that repeat, or a focal ` +
      "length that is far off, misled some of them. Look at all of it with care; --intrinsics may help.",
  ];
}

/** Whether evidence supports answers from the predictions of both ordered pairs of two views. */
export async function pairVerdict(views: readonly View[], predictions: readonly PairPrediction[]): Promise<Verdict> {
  return sceneVerdict(await alignViews(views, streamed(predictions)), views);
}
