/**
 * Whether two finished evaluations of the same items differ by more than chance: the mean over items of the difference in one
 * metric, and its standard error, for subsets of one scene are not independent, over scenes as well.
 *
 * `npx tsx --conditions=source scripts/paired-difference.ts FOLDER FOLDER METRIC [TIER]`
 */
import { isMeasured } from "../src/evaluation/benchmark.ts";
import { readRecords } from "../src/evaluation/records-file.ts";

const [before, after, metric, tier] = process.argv.slice(2);
if (before === undefined || after === undefined || metric === undefined) {
  throw new Error("two folders of evaluations and the name of a metric are expected, such as a/ b/ maa30");
}

/** The metric of every item that has it. */
async function valuesOf(folder: string, name: string) {
  const stored = await readRecords<Record<string, unknown>>(folder);
  if (stored === undefined)
    throw new Error(`${folder}: there is no records.jsonl; the output of an evaluation is expected`);
  const values = new Map<string, { readonly scene: string; readonly value: number }>();
  for (const { id, metrics } of stored.records.filter(isMeasured)) {
    const { scene, [name]: value } = metrics;
    if (tier !== undefined && metrics.tier !== tier) continue;
    if (typeof value === "number") values.set(id, { scene: String(scene ?? id), value });
  }
  return values;
}

const [first, second] = [await valuesOf(before, metric), await valuesOf(after, metric)];
const differences: number[] = [];
const byScene = new Map<string, number>();
for (const [id, { scene, value }] of first) {
  const other = second.get(id);
  if (other === undefined) continue;
  differences.push(other.value - value);
  byScene.set(scene, (byScene.get(scene) ?? 0) + other.value - value);
}
const count = differences.length;
if (count < 2)
  throw new Error(`${before} and ${after} have ${count} items with ${metric} in common: nothing to compare`);
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
const mean = sum(differences) / count;
const overItems = Math.sqrt(sum(differences.map((d) => (d - mean) ** 2)) / (count - 1) / count);

// Of a ratio of sums, as scenes have different numbers of items.
const scenes = byScene.size;
const itemsOf = (scene: string) => [...first].filter(([id, item]) => item.scene === scene && second.has(id)).length;
const residuals = [...byScene].map(([scene, total]) => total - mean * itemsOf(scene));
const overScenes = Math.sqrt((scenes / (scenes - 1)) * sum(residuals.map((r) => r ** 2))) / count;
console.log(`${metric}, ${count} items of ${scenes} scenes: ${mean.toFixed(4)} more in ${after}`);
console.log(`  standard error ${overItems.toFixed(4)} over items, ${overScenes.toFixed(4)} over scenes`);
