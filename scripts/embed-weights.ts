/**
 * Makes a training checkpoint one of the package's embedded models: half precision, without the optimizer's state, with
 * the configuration that it was trained with beside it.
 *
 *     npx tsx --conditions=source scripts/embed-weights.ts run/checkpoints/step-000002000 tiny
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openFile } from "#platform";
import { readSafetensorsHeader } from "../src/formats/safetensors.ts";
import { type TensorContent, writeSafetensors } from "../src/formats/safetensors-writer.ts";
import { readFloats } from "../src/formats/tensor-entry.ts";

const [checkpoint, name] = process.argv.slice(2);
if (checkpoint === undefined || name === undefined) {
  throw new Error("usage: embed-weights.ts <checkpoint folder> <name>");
}
const folder = join(import.meta.dirname, "../models", name);
const source = await openFile(join(checkpoint, "model.safetensors"));
const tensors = new Map<string, TensorContent>();
for (const [key, entry] of (await readSafetensorsHeader(source)).tensors) {
  tensors.set(key, { dtype: "F16", shape: entry.shape, values: await readFloats(source, entry) });
}
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "model.safetensors"), writeSafetensors(tensors));
copyFileSync(join(checkpoint, "training.json"), join(folder, "training.json"));
// Networks this small are fast enough for test-time augmentation; as text, because Infinity is no JSON.
const config = readFileSync(join(checkpoint, "config.json"), "utf8").trim();
writeFileSync(join(folder, "config.json"), config.replace(/(, *"mirror": *true)?\}$/, ',"mirror":true}'));
