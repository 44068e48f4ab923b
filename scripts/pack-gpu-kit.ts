/**
 * Packs what a machine with GPU, cores and PyTorch needs to train for a quarter of an hour (docs/gpu-training.md):
 * `npx tsx --conditions=source scripts/pack-gpu-kit.ts CONFIG.json out/gpu [--init small] [--scenery out/small-scenery]`
 * The folder receives `borrowed-gpu.sh`, this Node, stripped and compressed, and `kit.tar.xz`: `tools/torch`, the generator of
 * scenes, the graphs of every stage, the weights to start from in half precision, and the models and pictures of
 * `scripts/reduce-scenery.ts`.
 */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build } from "vite";
import { readTrainConfig } from "../src/cli/train-from-file.ts";
import type { TrainConfig } from "../src/training/config/train-config.ts";
import { exportTraining } from "../src/training/export-training.ts";
import { resolveModel } from "../src/weights/resolve-model.ts";
import { halfPrecision } from "./half-precision.ts";

const ROOT = resolve(import.meta.dirname, "..");
const NODE = `node-${process.version}-${process.platform}-${process.arch}.xz`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { init: { type: "string" }, scenery: { type: "string" } },
});
const [configPath, target] = positionals;
if (configPath === undefined || target === undefined) {
  throw new Error("usage: pack-gpu-kit.ts CONFIG.json FOLDER [--init MODEL] [--scenery FOLDER]");
}
const { init, scenery } = values;
const config = await readTrainConfig(configPath);
const temporary = mkdtempSync(join(tmpdir(), "dust3r-kit-"));
const kit = join(temporary, "kit");
mkdirSync(kit);
try {
  copyPrograms();
  await bundleGenerator();
  await exportStages();
  if (scenery !== undefined) cpSync(scenery, join(kit, "scenery"), { recursive: true });
  else if (config.data.assets !== undefined || config.data.textures !== undefined) {
    console.log("without --scenery, scenes are drawn without models and pictures");
  }
  writeFileSync(join(kit, "plan.txt"), planOf(config, scenery !== undefined));
  mkdirSync(target, { recursive: true });
  copyFileSync(join(ROOT, "tools/torch/borrowed-gpu.sh"), join(target, "borrowed-gpu.sh"));
  packNode();
  packFile("kit.tar.xz", (path) => execFileSync("tar", ["-cf", path, "-C", kit, "."]));
} finally {
  rmSync(temporary, { recursive: true });
}
const sizes = readdirSync(target).map((name) => [name, statSync(join(target, name)).size] as const);
for (const [name, size] of sizes) console.log(`${join(target, name)}: ${(size / 2 ** 20).toFixed(2)} MiB`);
console.log(`in all ${(sizes.reduce((sum, [, size]) => sum + size, 0) / 2 ** 20).toFixed(2)} MiB`);

function copyPrograms(): void {
  mkdirSync(join(kit, "torch"));
  const programs = readdirSync(join(ROOT, "tools/torch")).filter((name) => name.endsWith(".py"));
  for (const name of programs) copyFileSync(join(ROOT, "tools/torch", name), join(kit, "torch", name));
}

/** One file with all that the generator imports, `scripts/generator-platform.ts` in place of `#platform`. */
async function bundleGenerator(): Promise<void> {
  await build({
    root: ROOT,
    configFile: false,
    logLevel: "warn",
    resolve: { conditions: ["source"], alias: { "#platform": join(ROOT, "scripts/generator-platform.ts") } },
    ssr: { noExternal: true, resolve: { conditions: ["source"] } },
    build: {
      ssr: join(ROOT, "scripts/generate-raw-shards.ts"),
      outDir: kit,
      emptyOutDir: false,
      target: "node20",
      minify: true,
      rolldownOptions: { output: { entryFileNames: "generate-raw-shards.mjs", codeSplitting: false } },
    },
  });
}

/** Only the first stage has weights: the others begin where the one before ends. */
async function exportStages(): Promise<void> {
  for (const stage of config.stages.keys()) {
    const output = join(kit, `stage-${stage}`);
    await exportTraining(config, { output, stage, init: init === undefined ? undefined : await resolveModel(init) });
    const weights = join(output, "model.safetensors");
    if (stage === 0) writeFileSync(weights, await halfPrecision(weights));
    else rmSync(weights);
  }
}

/** A line per stage: its folder, the share of the time that is over when it ends, by steps, and its scenes. */
function planOf({ stages, data }: TrainConfig, furnished: boolean): string {
  const all = stages.reduce((sum, { steps }) => sum + steps, 0);
  let done = 0;
  const lines = stages.map(({ width, height, otherHeights, steps }, stage) => {
    done += steps;
    const shapes = ["--width", width, "--height", height, "--views", data.views, "--portrait", data.portrait];
    if (otherHeights.length > 0) shapes.push("--other-heights", otherHeights.join(","));
    const kind = ["--collection", data.collection, "--figures", data.figures];
    if (furnished && data.assets !== undefined) kind.push("--assets", "scenery");
    if (furnished && data.textures !== undefined) kind.push("--textures", "scenery/textures");
    return [`stage-${stage}`, done / all, ...shapes, ...kind].join(" ");
  });
  return `${lines.join("\n")}\n`;
}

/** Takes a minute, so that what is there is kept. */
function packNode(): void {
  if (existsSync(join(target!, NODE))) return;
  packFile(NODE, (path) => {
    copyFileSync(process.execPath, path);
    execFileSync("strip", [path]);
  });
}

/** Compresses a file that `write` makes, into the target. */
function packFile(name: string, write: (path: string) => void): void {
  const path = join(temporary, name.replace(/\.xz$/, ""));
  write(path);
  execFileSync("xz", ["-9", path]);
  copyFileSync(`${path}.xz`, join(target!, name));
}
