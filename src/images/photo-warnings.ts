import type { View } from "../core/view.ts";

/** Photos whose brightness varies less, in a range of 2, show nothing. */
const BLANK = 0.02;
/** Neighbouring pixels of any picture are alike; of noise they are not. */
const LEAST_LIKENESS = 0.3;

/** What speaks against photos before anything is computed with them, one sentence each: blank ones, noise, the same file twice. */
export function photoWarnings(views: readonly View[]): string[] {
  const warnings = views.flatMap((view) => {
    const { deviation, likeness } = brightnessOf(view);
    if (deviation < BLANK) return [`${view.name} is blank: it holds no evidence of anything.`];
    return likeness < LEAST_LIKENESS ? [`${view.name} looks like noise: it holds no evidence of anything.`] : [];
  });
  const byHash = new Map<string, View>();
  for (const view of views) {
    const first = byHash.get(view.hash);
    if (first === undefined) byHash.set(view.hash, view);
    else warnings.push(`${view.name} is the same file as ${first.name}: two copies of a photo tell no more than one.`);
  }
  return warnings;
}

/** How much brightness varies, and how alike it is in neighbours along a row, from -1 to 1. */
function brightnessOf({ image, width, height }: View): { readonly deviation: number; readonly likeness: number } {
  const count = width * height;
  const values = Float64Array.from(
    { length: count },
    (_, i) => (image[i]! + image[count + i]! + image[2 * count + i]!) / 3,
  );
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  let [variance, covariance] = [0, 0];
  for (let i = 0; i < count; i++) {
    variance += (values[i]! - mean) ** 2;
    if (i % width > 0) covariance += (values[i]! - mean) * (values[i - 1]! - mean);
  }
  return { deviation: Math.sqrt(variance / count), likeness: variance > 0 ? covariance / variance : 1 };
}
