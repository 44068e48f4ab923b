import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bundle } from "../src/adjustment/bundle.ts";
import { readColmapModel } from "../src/formats/colmap/read-model.ts";
import { bundleOfModel, encodeModel, modelOfBundle } from "./bundle-colmap.ts";

/** Needs no screen. */
const ENVIRONMENT = { ...process.env, QT_QPA_PLATFORM: "offscreen" };

/** Whether COLMAP is installed; Debian's package is enough. */
export function hasColmap(): boolean {
  try {
    return execFileSync("colmap", ["help"], { encoding: "utf8", env: ENVIRONMENT }).includes("COLMAP");
  } catch {
    return false;
  }
}

/** What COLMAP makes of a bundle with RADIAL cameras, all but principal points free. */
export interface AdjustedByColmap {
  readonly bundle: Bundle;
  readonly iterations: number;
  /** That it says its adjustment took, without files. */
  readonly seconds: number;
}

/** `colmap bundle_adjuster` on squared errors, to the tolerance that its solver has by default: what it is run with is 0. */
export function adjustByColmap(bundle: Bundle): AdjustedByColmap {
  const folder = mkdtempSync(join(tmpdir(), "dust3r-bundle-"));
  try {
    const [input, output] = [join(folder, "input"), join(folder, "output")];
    for (const path of [input, output]) mkdirSync(path);
    for (const [name, bytes] of encodeModel(modelOfBundle(bundle))) writeFileSync(join(input, name), bytes);
    const paths = ["--input_path", input, "--output_path", output];
    const options = ["bundle_adjuster", ...paths, "--BundleAdjustment.function_tolerance", "1e-6"];
    const report = execFileSync("colmap", options, { encoding: "utf8", env: ENVIRONMENT });
    const value = (name: string) => Number(new RegExp(`${name} : ([\\d.]+)`).exec(report)?.[1]);
    const file = (name: string) => ({ path: name, bytes: readFileSync(join(output, `${name}.bin`)) });
    const model = readColmapModel({ cameras: file("cameras"), images: file("images"), points3D: file("points3D") });
    return { bundle: bundleOfModel(bundle, model), iterations: value("Iterations"), seconds: value("Time") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
