import type { KnownLens } from "../core/known-lens.ts";
import { type Logger, silentLogger } from "../core/logger.ts";
import type { Picture } from "../core/picture.ts";
import type { FoundLens } from "../core/scene.ts";
import { someOf } from "../core/some-of.ts";
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
  { logger = silentLogger, ...options }: StraightenedOptions,
): Promise<View[]> {
  const bent = views.flatMap(({ straightening, original }, image) =>
    lens?.size === undefined || straightening !== undefined || !areEqual(original, lens.size) ? [] : { image, lens },
  );
  const straight = await straightenedBy(bent, views, options);
  if (bent.length > 0) {
    const model = lens?.distortion?.model === "fisheye" ? "fisheye lens" : "lens";
    const names = bent.map(({ image }) => views[image]!.name);
    logger.info(`Undistorted by the ${model} of the map's photos, which have the same size: ${names.join(", ")}`);
  }
  return straight;
}

/** Views whose lenses were found to bend lines, made straight, which the logger is warned of; the others stay. */
export async function withoutFoundLenses(
  views: readonly View[],
  lenses: readonly FoundLens[],
  { logger = silentLogger, ...options }: StraightenedOptions,
): Promise<View[]> {
  logger.warn(
    `${bentLines(lenses, views)}: they were made straight, and all results are of the photos without distortion. ` +
      "`lens` in scene.json says how lines were bent.",
  );
  return straightenedBy(lenses, views, options);
}

/** Which photos have lines that are bent, and how: the beginning of a sentence. */
export function bentLines(lenses: readonly FoundLens[], views: readonly View[]): string {
  const names = someOf(lenses.map(({ image }) => views[image]!.name));
  const [k1, k2] = lenses[0]!.lens.distortion!.k.map((value) => value.toFixed(3));
  return `The features of ${names} tell that their lens bends lines (k1 ${k1}, k2 ${k2})`;
}

async function straightenedBy(
  lenses: readonly FoundLens[],
  views: readonly View[],
  { files, plan }: Omit<StraightenedOptions, "logger">,
): Promise<View[]> {
  const straight = [...views];
  for (const { image, lens } of lenses) {
    straight[image] = await loadView(files[image]!, views[image]!.name, { ...plan, lens });
  }
  return straight;
}

function areEqual(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}
