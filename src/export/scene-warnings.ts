import type { Scene } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import type { PointFilter } from "./point-filter.ts";

const FEW_POINTS = 1000;

/** What a scene gives away against itself, in sentences for the user. `minConfidence` is what was asked for. */
export function sceneWarnings(
  { images }: Scene,
  views: readonly View[],
  { filter, minConfidence }: { readonly filter: PointFilter; readonly minConfidence: number },
): string[] {
  const warnings: string[] = [];
  const lost = views.filter((_, i) => !images[i]!.registered).map(({ name }) => name);
  if (lost.length > 0) {
    warnings.push(`${lost.length} of ${views.length} photos could not be connected to the others: ${lost.join(", ")}.`);
  }
  if (filter.total === 0) warnings.push("The scene has no points: no pixel of any photo was given a depth.");
  else if (filter.kept < FEW_POINTS) warnings.push(`The scene has only ${filter.kept} points.`);
  if (filter.lowered) {
    warnings.push(
      `Next to nothing reaches the confidence of ${minConfidence} that points need. It was lowered to ` +
        `${filter.minConfidence.toFixed(2)}, which keeps the better half of the pixels: look at the result with care.`,
    );
  }
  return warnings;
}
