/**
 * Rectified pairs with known disparity (folders as `dust3r eval photos` reads them): the share of pixels whose disparity is off by
 * more than 2 pixels at 800 pixels of width, beside OpenCV's SGBM in the same run where python3-opencv is installed.
 * `npx tsx --conditions=source bench/stereo-pairs.bench.ts FOLDER…`; no network is asked, every depth is possible.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeImage, readBytes } from "#platform";
import { FROM_STEREO } from "../src/core/dense-scene.ts";
import { decodePng16 } from "../src/formats/png16.ts";
import { emptyPlanes } from "../src/geometry/plane-map.ts";
import { denseMap } from "../src/stereo/dense-map.ts";
import { estimatePlanes, improvePlanes, type StereoProblem } from "../src/stereo/estimate-planes.ts";
import { findAgreement } from "../src/stereo/find-agreement.ts";
import { type StereoPhoto, stereoView } from "../src/stereo/stereo-photo.ts";

const OFF = 2 / 800;
const LARGEST_SHARE = 0.25;
/** Nearest and farthest disparity that are looked at, of the width. */
const MOST = 0.22;
const LEAST = 0.01;

if (process.argv.length < 3) console.log("no folders are given: nothing to compare");
for (const folder of process.argv.slice(2)) await compare(folder);

async function compare(folder: string): Promise<void> {
  const { images } = JSON.parse(readFileSync(join(folder, "scene.json"), "utf8"));
  const files = images.map(({ file }: { file: string }) => join(folder, file));
  const { file, scale } = images[0].disparity;
  const stored = await decodePng16(await readBytes(join(folder, file)), file);
  const truth = Float32Array.from(stored.data, (code) => scale * code);
  const pictures = await Promise.all(files.map((name: string) => decodeImage(name)));
  const { width, height } = pictures[0]!;

  // Any focal length and distance do: disparity is their product by the inverse depth.
  const views = pictures.map((picture, i) => {
    const intrinsics = { fx: width, fy: width, cx: (width - 1) / 2, cy: (height - 1) / 2 };
    const worldFromCam = Float64Array.of(1, 0, 0, i, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
    return stereoView({ intrinsics, worldFromCam, original: picture } as StereoPhoto, picture);
  });
  const planes = { ...emptyPlanes({ width, height }) };
  const middle = Math.sqrt(LEAST * MOST);
  planes.inverseDepth.fill(middle);
  const prior = { ...planes, reach: new Float32Array(width * height).fill(MOST / middle) };
  const problems = views.map(
    (reference, i): StereoProblem => ({ reference, sources: [views[1 - i]!], prior, seed: `${i}` }),
  );
  const before = process.cpuUsage();
  let maps = problems.map((problem) => estimatePlanes(problem));
  for (let round = 0; round < 2; round++) {
    maps = maps.map((map, i) => improvePlanes(map, problems[i]!, [maps[1 - i]!]));
  }
  const [first, second] = maps.map((map, i) => ({ view: views[i]!, planes: map }));
  const agreeing = findAgreement(first!, [second!]);
  const seconds = process.cpuUsage(before).user / 1e6;
  const network = {
    width,
    height,
    depth: planes.inverseDepth.map((w) => 1 / w),
    confidence: planes.inverseDepth.map(() => 1),
  };
  const shown = new Float32Array(width * height);
  const dense = denseMap({ planes: maps[0]!, marks: agreeing, gray: views[0]!.gray, network, shown });
  const isOff = (of: (i: number) => number) => (i: number) => Math.abs(of(i) - truth[i]!) > OFF * width;
  const known = [...truth.keys()].filter((i) => truth[i]! > 0);
  const ours = known.filter(isOff((i) => width * maps[0]!.inverseDepth[i]!)).length / known.length;
  const marked = known.filter((i) => dense.source[i] === FROM_STEREO);
  const wrong = marked.filter(isOff((i) => width / dense.depth[i]!)).length / marked.length;
  console.log(
    `${folder}: ${percent(ours)} off (to reach: ${percent(LARGEST_SHARE)}); measured ${percent(marked.length / known.length)}, ` +
      `of these ${percent(wrong)} off; ${seconds.toFixed(1)} s of one core for both photos of ${width}x${height}`,
  );
  const work = mkdtempSync(join(tmpdir(), "dust3r-stereo-"));
  const out = join(work, "disparity.f32");
  const script = join(import.meta.dirname, "stereo-pairs.py");
  const run = spawnSync("/usr/bin/python3", [script, ...files, out, String(Math.round(MOST * width))]);
  if (run.status === 0) {
    const theirs = new Float32Array(new Uint8Array(readFileSync(out)).buffer);
    const found = known.filter((i) => theirs[i]! > 0);
    const off = found.filter(isOff((i) => theirs[i]!)).length;
    console.log(
      `  OpenCV's SGBM: ${percent((off + known.length - found.length) / known.length)} off or without; ` +
        `found ${percent(found.length / known.length)}, of these ${percent(off / found.length)} off`,
    );
  } else console.log("  OpenCV is not installed: nothing to compare");
  rmSync(work, { recursive: true });
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
