import type { AlignmentWarning, Scene } from "../core/scene.ts";
import type { View } from "../core/view.ts";

/** Below this inlier ratio, the pairs of a photo contradict each other. */
const FITTING_SHARE = 0.5;

/** Warnings of alignment about the photos, in sentences for the user. */
export function alignmentWarnings({ images, warnings = [] }: Scene, views: readonly View[]): string[] {
  const listed = (which: readonly number[]) => which.map((i) => views[i]!.name).join(", ");
  const where = (accept: (image: Scene["images"][number]) => boolean) =>
    images.flatMap((image, i) => (accept(image) ? [i] : []));
  const found: string[] = [];
  const lost = where((image) => !image.registered && !image.component);
  if (lost.length > 0) {
    found.push(`${lost.length} of ${views.length} photos could not be connected to the others: ${listed(lost)}.`);
  }
  const groups = new Set(images.flatMap(({ component }) => (component ? [component] : [])));
  for (const group of groups) {
    const members = where(({ component }) => component === group);
    found.push(
      `${listed(members)} go together, but with none of the others: reconstruct them by themselves, ` +
        "or take the COLMAP model of their own.",
    );
  }
  const unfit = where(({ registered, fit }) => registered && (fit?.inlierShare ?? 1) < FITTING_SHARE);
  if (unfit.length > 0) found.push(`The pairs disagree about ${listed(unfit)}: look there with care.`);
  const loops = warnings.filter((warning) => warning.kind === "false-loop");
  const first = loops[0];
  if (first !== undefined) {
    const names = `${views[first.image1]!.name} and ${views[first.image2]!.name}`;
    const more = loops.length - 1;
    const others = more > 0 ? `, and ${more} more ${more === 1 ? "pair" : "pairs"},` : "";
    found.push(`${names}${others} look alike, but all others put them in different places: they were not paired.`);
  }
  const doubts = warnings.filter((warning) => warning.kind === "features-contradict-network");
  if (doubts.length > 0) {
    const ratios = doubts.map(({ ratio }) => ratio).sort((a, b) => a - b);
    found.push(
      `Features give ${listed(doubts.map(({ image }) => image))} a focal length ${ratios[ratios.length >> 1]!.toFixed(1)} times what the ` +
        "network sees: one of both is far off, and the scene with it. With --intrinsics it is known.",
    );
  }
  const cropped = warnings.filter((warning) => warning.kind === "off-center");
  if (cropped.length > 0) {
    const shares = cropped.map(({ across, along }) => Math.hypot(across, along)).sort((a, b) => a - b);
    found.push(
      `${listed(cropped.map(({ image }) => image))} look cropped: features put the principal point ` +
        `${(100 * shares[shares.length >> 1]!).toFixed(0)} % of the photo beside the middle, and the cameras have it there.`,
    );
  }
  return [...found, ...warnings.filter(isAlone).map((warning) => inWords(warning, views))];
}

/** What is told of several photos, or pairs, in one sentence. */
const TOLD_TOGETHER = ["false-loop", "features-contradict-network", "off-center"] as const;

/** A warning that has a sentence of its own. */
type WarningAlone = Exclude<AlignmentWarning, { readonly kind: (typeof TOLD_TOGETHER)[number] }>;

function isAlone(warning: AlignmentWarning): warning is WarningAlone {
  return !TOLD_TOGETHER.some((kind) => kind === warning.kind);
}

function inWords(warning: WarningAlone, views: readonly View[]): string {
  switch (warning.kind) {
    case "pose-contradicts-images": {
      const { image, degrees, distance } = warning;
      return (
        `The given pose of ${views[image]!.name} contradicts the photos: they put it ${degrees.toFixed(0)}° and ` +
        `${(100 * distance).toFixed(0)} % of the extent of all given poses away from there.`
      );
    }
    case "exif-contradicts-points":
      return (
        `The EXIF data of ${views[warning.image]!.name} say a focal length ${warning.ratio.toFixed(1)} times what is seen ` +
        "in it, and were not believed: was it cropped?"
      );
    case "distance-contradicts-poses":
      return (
        `The given distance is ${warning.ratio.toFixed(2)} times what it is at the scale of the given poses; ` +
        "the poses stand."
      );
  }
}
