/**
 * Makes a training checkpoint one of the package's embedded models: half precision, without the optimizer's state, with
 * the configuration that it was trained with beside it.
 *
 *     npx tsx --conditions=source scripts/embed-weights.ts run/checkpoints/step-000002000 tiny
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { halfPrecision } from "./half-precision.ts";

const [checkpoint, name] = process.argv.slice(2);
if (checkpoint === undefined || name === undefined) {
  throw new Error("usage: embed-weights.ts <checkpoint folder> <name>");
}
const folder = join(import.meta.dirname, "../models", name);
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "model.safetensors"), await halfPrecision(join(checkpoint, "model.safetensors")));
copyFileSync(join(checkpoint, "training.json"), join(folder, "training.json"));
// Networks this small are fast enough for test-time augmentation; as text, because Infinity is no JSON.
const config = readFileSync(join(checkpoint, "config.json"), "utf8").trim();
writeFileSync(join(folder, "config.json"), config.replace(/(, *"mirror": *true)?\}$/, ',"mirror":true}'));
