import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Size } from "../src/core/size.ts";
import type { Features } from "../src/features/features.ts";

/** Needs no screen. */
const ENVIRONMENT = { ...process.env, QT_QPA_PLATFORM: "offscreen" };

/** Prints what a COLMAP database has, as JSON: keypoints and descriptors by name of photo, and matches. */
const READ_DATABASE = `
import base64, json, sqlite3, sys
database = sqlite3.connect(sys.argv[1])
text = lambda data: base64.b64encode(data or b"").decode()
photos = {}
for name, keypoints, descriptors in database.execute(
    "select name, k.data, d.data from images join keypoints k using (image_id) join descriptors d using (image_id)"):
    photos[name] = {"keypoints": text(keypoints), "descriptors": text(descriptors)}
matches, = database.execute("select data from matches").fetchone()
print(json.dumps({"photos": photos, "matches": text(matches)}))
`;

/** A Python that reads SQLite's files. */
const PYTHON = ["python3", "/usr/bin/python3"].find((name) => spawnSync(name, ["-c", "import sqlite3"]).status === 0);

/** Whether COLMAP is here, and what reads its databases. */
export const canAskColmap: boolean =
  PYTHON !== undefined && spawnSync("colmap", ["help"], { env: ENVIRONMENT }).status === 0;

/** COLMAP's features of two photos, and its matches of them, `[n, 2]`. */
export interface ColmapMatches {
  readonly features: readonly [Features, Features];
  readonly matches: Uint32Array;
}

/** Runs COLMAP's extractor and matcher, with its defaults but for the first octave, on two photos of one folder. */
export function colmapMatches(photos: readonly [string, string], size: Size, firstOctave: number): ColmapMatches {
  const folder = mkdtempSync(join(tmpdir(), "dust3r-colmap-features-"));
  try {
    const [database, images] = [join(folder, "database.db"), join(folder, "images")];
    mkdirSync(images);
    for (const photo of photos) copyFileSync(photo, join(images, basename(photo)));
    const colmap = (command: string, ...options: string[]) =>
      execFileSync("colmap", [command, "--database_path", database, ...options], { env: ENVIRONMENT, stdio: "ignore" });
    // One thread, so that photos are numbered in order.
    const extraction = ["--SiftExtraction.use_gpu=0", "--SiftExtraction.num_threads=1"];
    extraction.push(`--SiftExtraction.first_octave=${firstOctave}`);
    colmap("feature_extractor", "--image_path", images, ...extraction);
    colmap("exhaustive_matcher", "--SiftMatching.use_gpu=0");
    const found = JSON.parse(
      execFileSync(PYTHON!, ["-c", READ_DATABASE, database], { encoding: "utf8", maxBuffer: 2 ** 28 }),
    );
    const features = photos.map((photo) => featuresOf(found.photos[basename(photo)], size)) as [Features, Features];
    return { features, matches: new Uint32Array(bytesOf(found.matches).buffer) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface StoredFeatures {
  readonly keypoints: string;
  readonly descriptors: string;
}

function featuresOf({ keypoints, descriptors }: StoredFeatures, { width, height }: Size): Features {
  // x and y, half a pixel more than ours, and the affine shape (a, b; c, d).
  const rows = new Float32Array(bytesOf(keypoints).buffer);
  const count = rows.length / 6;
  const column = (k: number) => Float32Array.from({ length: count }, (_, i) => rows[6 * i + k]!);
  const [a, c] = [column(2), column(4)];
  return {
    width,
    height,
    count,
    positions: Float32Array.from({ length: 2 * count }, (_, i) => rows[6 * (i >> 1) + (i & 1)]! - 0.5),
    scales: a.map((value, i) => Math.hypot(value, c[i]!)),
    angles: a.map((value, i) => Math.atan2(c[i]!, value)),
    descriptors: bytesOf(descriptors),
  };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(base64, "base64"));
}
