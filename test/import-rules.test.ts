import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { expect, test } from "vitest";

const SRC = resolve(import.meta.dirname, "../src");
const ALL = ["*"];

/** Who may import whom. ARCHITECTURE.md holds the same table with the reasons. */
const RULES: Readonly<Record<string, readonly string[]>> = {
  core: [],
  geometry: ["core"],
  formats: ["core"],
  platform: ["core"],
  tensor: ["core", "formats"],
  runtime: ["core", "platform", "tensor"],
  network: ["core", "tensor"],
  weights: ["core", "formats", "platform", "network"],
  images: ["core", "geometry", "platform"],
  rgbd: ["core", "geometry", "images"],
  pairs: ["core", "geometry", "rgbd"],
  inference: ["core", "formats", "tensor", "runtime", "network", "weights"],
  alignment: ["core", "geometry"],
  tasks: ["core", "geometry", "alignment"],
  priors: ["core", "geometry", "formats", "alignment"],
  "scene-file": ["core", "geometry", "formats", "platform"],
  maps: ["core", "geometry", "formats", "images", "platform", "scene-file"],
  export: ["core", "geometry", "formats", "scene-file"],
  procedural: ["core", "geometry", "formats", "platform", "rgbd"],
  datasets: ["core", "geometry", "formats", "images", "pairs", "platform", "procedural", "rgbd"],
  pipeline: [
    "core",
    "geometry",
    "formats",
    "platform",
    "images",
    "rgbd",
    "pairs",
    "runtime",
    "weights",
    "inference",
    "alignment",
    "tasks",
    "priors",
    "maps",
    "scene-file",
    "export",
  ],
  training: [
    "core",
    "geometry",
    "formats",
    "tensor",
    "runtime",
    "network",
    "weights",
    "rgbd",
    "pairs",
    "procedural",
    "datasets",
    "platform",
  ],
  evaluation: [
    "core",
    "geometry",
    "formats",
    "platform",
    "images",
    "rgbd",
    "pairs",
    "procedural",
    "datasets",
    "tasks",
    "maps",
    "scene-file",
    "export",
    "pipeline",
  ],
  viewer: ["core", "export"],
  cli: ALL,
};

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .filter((file) => file.includes(sep));

test("every folder imports only what the architecture allows", () => {
  const violations: string[] = [];
  for (const file of files) {
    const folder = file.split(sep)[0] ?? "";
    const allowed = RULES[folder];
    if (allowed === undefined) {
      violations.push(`${file}: the folder ${folder} has no rule`);
      continue;
    }
    const source = readFileSync(join(SRC, file), "utf8");
    for (const [, specifier = ""] of source.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)) {
      const target = importedFolder(file, specifier);
      if (target === undefined || target === folder) continue;
      if (allowed !== ALL && !allowed.includes(target)) violations.push(`${file} imports ${specifier}`);
    }
  }
  expect(violations).toEqual([]);
});

test("only runtime imports onnxruntime, only platform imports Node's modules", () => {
  const violations: string[] = [];
  for (const file of files) {
    const folder = file.split(sep)[0] ?? "";
    const source = readFileSync(join(SRC, file), "utf8");
    if (folder !== "runtime" && /from "onnxruntime/.test(source)) violations.push(`${file} imports onnxruntime`);
    if (folder !== "platform" && folder !== "cli" && folder !== "runtime" && /from "node:/.test(source)) {
      violations.push(`${file} imports a Node module`);
    }
  }
  expect(violations).toEqual([]);
});

function importedFolder(file: string, specifier: string): string | undefined {
  if (specifier === "#platform") return "platform";
  if (!specifier.startsWith(".")) return undefined;
  return relative(SRC, resolve(dirname(join(SRC, file)), specifier)).split(sep)[0];
}
