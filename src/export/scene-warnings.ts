import type { Scene } from "../core/scene.ts";
import type { TrackSummary } from "../core/track-summary.ts";
import type { View } from "../core/view.ts";
import { alignmentWarnings } from "./alignment-warnings.ts";
import type { LeastConfidence, PointFilter } from "./point-filter.ts";

const FEW_POINTS = 1000;
const FEW_AGREED = 100;

/** What is known of a scene before its files are written. */
export interface SceneFindings {
  readonly filter: PointFilter;
  /** The confidence that was asked for. */
  readonly minConfidence: LeastConfidence;
  readonly trackSummary: TrackSummary;
}

/** Reasons to doubt a scene, in sentences for the user. */
export function sceneWarnings(
  scene: Scene,
  views: readonly View[],
  { filter, minConfidence, trackSummary }: SceneFindings,
): string[] {
  const warnings = alignmentWarnings(scene, views);
  if (filter.kept < FEW_POINTS) warnings.push(`The scene has only ${filter.kept} points.`);
  if (filter.lowered) {
    warnings.push(
      `Next to nothing reaches the confidence of ${minConfidence} that points need. It was lowered to ` +
        `${filter.minConfidence.toFixed(2)}, which keeps the better half of the pixels: look at the result with care.`,
    );
  }
  const registered = scene.images.filter((image) => image.registered).length;
  if (registered > 1) warnings.push(...disagreements(scene, views, trackSummary));
  return warnings;
}

function disagreements({ images }: Scene, views: readonly View[], trackSummary: TrackSummary): string[] {
  if (trackSummary.points < FEW_AGREED)
    return [`The photos agree on only ${trackSummary.points} points: their poses are doubtful.`];
  const alone = views.filter((_, i) => images[i]!.registered && trackSummary.images[i]!.points === 0);
  return alone.map(({ name }) => `${name} agrees with no other photo on any point: its pose is doubtful.`);
}
