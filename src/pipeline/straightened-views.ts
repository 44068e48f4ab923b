import type { KnownLens } from "../core/known-lens.ts";
import { type Logger, silentLogger } from "../core/logger.ts";
import type { Picture } from "../core/picture.ts";
import type { Size, View } from "../core/view.ts";
import { loadView } from "../images/load-views.ts";
import type { PlanOptions } from "../images/plan-view.ts";

/** What views are made straight by. */
export interface StraightenedOptions {
  readonly files: readonly Picture[];
  readonly plan: PlanOptions;
  readonly logger?: Logger | undefined;
}

/**
 * Views for a map whose photos have all one lens with distortion: those of the same size are taken to be of it, too, and made
 * straight, which the logger is told. Views that are straight already stay.
 */
export async function straightenedViews(
  views: readonly View[],
  lens: KnownLens | undefined,
  { files, plan, logger = silentLogger }: StraightenedOptions,
): Promise<View[]> {
  const straight: View[] = [];
  const names: string[] = [];
  for (const [i, view] of views.entries()) {
    if (lens?.size === undefined || view.straightening !== undefined || !areEqual(view.original, lens.size)) {
      straight.push(view);
      continue;
    }
    straight.push(await loadView(files[i]!, view.name, { ...plan, lens }));
    names.push(view.name);
  }
  if (names.length > 0) {
    const model = lens?.distortion?.model === "fisheye" ? "fisheye lens" : "lens";
    logger.info(`Undistorted by the ${model} of the map's photos, which have the same size: ${names.join(", ")}`);
  }
  return straight;
}

function areEqual(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}
