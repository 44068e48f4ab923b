/**
 * A checkpoint between two of one architecture, parameter by parameter (Wortsman et al., "Robust fine-tuning of zero-shot
 * models", 2022): what a short fine-tuning has learned, with less of what it has forgotten.
 *
 *     npx tsx --conditions=source scripts/average-weights.ts models/small run/checkpoints/step-000000110 0.5 averaged/
 *
 * The share is that of the second one.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openFile } from "#platform";
import { readSafetensorsHeader } from "../src/formats/safetensors.ts";
import { type TensorContent, writeSafetensors } from "../src/formats/safetensors-writer.ts";
import { readFloats } from "../src/formats/tensor-entry.ts";

const [first, second, shareText, output] = process.argv.slice(2);
const share = Number(shareText);
if (first === undefined || second === undefined || output === undefined || !(share >= 0 && share <= 1)) {
  throw new Error("usage: average-weights.ts <checkpoint folder> <checkpoint folder> <share of the second> <folder>");
}
const sources = await Promise.all([first, second].map((folder) => openFile(join(folder, "model.safetensors"))));
const [from, to] = await Promise.all(sources.map(readSafetensorsHeader));
const tensors = new Map<string, TensorContent>();
for (const [name, entry] of from!.tensors) {
  const other = to!.tensors.get(name);
  if (other?.shape.join() !== entry.shape.join()) throw new Error(`${name} is not in both, or of another shape`);
  const [a, b] = [await readFloats(sources[0]!, entry), await readFloats(sources[1]!, other)];
  const values = Float32Array.from(a, (value, i) => value + share * (b[i]! - value));
  tensors.set(name, { dtype: "F32", shape: entry.shape, values });
}
await Promise.all(sources.map((source) => source.close()));
mkdirSync(output, { recursive: true });
writeFileSync(join(output, "model.safetensors"), writeSafetensors(tensors));
copyFileSync(join(first, "config.json"), join(output, "config.json"));
const training = JSON.parse(readFileSync(join(second, "training.json"), "utf8")) as object;
writeFileSync(join(output, "training.json"), JSON.stringify({ ...training, averaged: { with: first, share } }));
