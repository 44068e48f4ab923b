/**
 * A walk through a drawn town (`src/procedural/town/`), reconstructed with the embedded weights: seconds and peak memory of
 * each stage, processor time of all processes together, photos registered and errors of cameras; and how each stage grows. Numbers of photos may be given:
 * `npx tsx --conditions=source bench/town.bench.ts 60 120 300`. Photos are kept in a folder, where one is named: `TOWN_PHOTOS=town/`.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cameraMetrics } from "../src/evaluation/photos/scene-metrics.ts";
import { readTruthScene } from "../src/evaluation/photos/truth-scene.ts";
import { invertRigid } from "../src/geometry/pose.ts";
import { reconstruct } from "../src/pipeline/reconstruct.ts";
import { drawTown } from "../src/procedural/town/draw-town.ts";
import { writeDrawnScene } from "./drawn-scene.ts";

interface Row {
  readonly photos: number;
  readonly seconds: Readonly<Record<string, number>>;
  /** The most that all processes held together in a stage, in megabytes. */
  readonly memory: ReadonlyMap<string, number>;
}

const SIZE = { width: 480, height: 360 };
const SEED = 1;
/** What is no stage of reconstruction. */
const COMPARISON = "comparison";
/** Of Linux, wherever Node runs. */
const TICKS_PER_SECOND = 100;

const folder = process.env.TOWN_ROW;
if (folder !== undefined) await reconstructTown(folder);
else {
  const counts = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [60, 120];
  const work = mkdtempSync(join(tmpdir(), "dust3r-town-"));
  try {
    const rows: Row[] = [];
    for (const photos of counts) rows.push(await measure(photos, process.env.TOWN_PHOTOS ?? work));
    for (const stage of Object.keys(rows[0]!.seconds)) {
      const times = rows.map(({ photos, seconds }) => ((1000 * (seconds[stage] ?? 0)) / photos).toFixed(0));
      const peaks = rows.map(({ memory }) => memory.get(stage)?.toFixed(0) ?? "-");
      console.log(`${stage}: ${times.join(", ")} ms a photo, ${peaks.join(", ")} MB, for ${counts.join(", ")}`);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** One walk in a process of its own, whose memory and that of its children is looked at twice a second. */
async function measure(photos: number, within: string): Promise<Row> {
  const town = await drawnTown(photos, within);
  const command = ["tsx", "--conditions=source", fileURLToPath(import.meta.url)];
  const child = spawn("npx", command, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TOWN_ROW: town },
  });
  let output = "";
  child.stdout.on("data", (data) => (output += data));
  const memory = new Map<string, number>();
  const ticks = new Map<number, number>();
  const watch = setInterval(() => {
    const members = processTree(child.pid!);
    for (const [pid, { cpu }] of members) ticks.set(pid, cpu);
    const stage = /.*\bstage (\S+)\n/s.exec(output)?.[1] ?? "images";
    if (stage === COMPARISON) return;
    memory.set(stage, Math.max(memory.get(stage) ?? 0, memoryOf(members.keys()) / 1024));
  }, 500);
  await new Promise((resolve) => child.on("close", resolve));
  clearInterval(watch);
  const { seconds, line } = JSON.parse(output.trim().split("\n").at(-1)!);
  const cpu = [...ticks.values()].reduce((sum, value) => sum + value, 0) / TICKS_PER_SECOND;
  console.log(
    `${photos} photos: ${line}; ${Math.max(...memory.values()).toFixed(0)} MB and ${cpu.toFixed(0)} s of processor time in all processes`,
  );
  return { photos, seconds, memory };
}

/** A process and its children, by number, with the processor time that they have taken, in ticks. */
function processTree(root: number): Map<number, { readonly cpu: number }> {
  const all = new Map<number, { readonly parent: number; readonly cpu: number }>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      all.set(Number(name), { parent: Number(fields[1]), cpu: Number(fields[11]) + Number(fields[12]) });
    } catch {
      // It has ended meanwhile.
    }
  }
  const members = new Map([[root, { cpu: all.get(root)?.cpu ?? 0 }]]);
  // Iterating over a map visits what is added on the way.
  for (const member of members.keys())
    for (const [child, { parent, cpu }] of all) if (parent === member) members.set(child, { cpu });
  return members;
}

/** Kilobytes of processes, what they share counted once. */
function memoryOf(members: Iterable<number>): number {
  let sum = 0;
  for (const member of members) {
    try {
      sum += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${member}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    } catch {
      // It has ended meanwhile.
    }
  }
  return sum;
}

/** A folder of photos with a `scene.json` that says where they were taken, as `eval photos` reads it. */
async function drawnTown(photos: number, within: string): Promise<string> {
  const town = join(within, `town-${photos}`);
  if (existsSync(join(town, "scene.json"))) return town;
  await writeDrawnScene(town, drawTown({ views: photos, seed: SEED, ...SIZE }));
  return town;
}

async function reconstructTown(town: string): Promise<void> {
  const truth = await readTruthScene(town);
  const paths = truth.images.map(({ file }) => join(town, file));
  const seconds: Record<string, number> = {};
  let last = performance.now();
  let current = "";
  const { scene, views, warnings } = await reconstruct(paths, {
    device: "cpu",
    onProgress: ({ stage }) => {
      const now = performance.now();
      seconds[stage] = (seconds[stage] ?? 0) + (now - last) / 1000;
      last = now;
      if (stage !== current) console.log(`stage ${stage}`);
      current = stage;
    },
  });
  seconds.rest = (performance.now() - last) / 1000;
  console.log(`stage ${COMPARISON}`);
  const found = scene.images.map((image, i) => {
    const focal = image.intrinsics.fx * views[i]!.originalFromNetwork.scaleX;
    return { camFromWorld: image.registered ? invertRigid(image.worldFromCam) : null, focal };
  });
  const metrics = cameraMetrics(truth.images, found, truth.extent)!;
  const total = Object.values(seconds).reduce((sum, value) => sum + value, 0);
  const stages = Object.entries(seconds).map(([stage, value]) => `${stage} ${value.toFixed(1)}`);
  const { pairs } = scene.pairing ?? { pairs: scene.pairs.length / 2 };
  for (const warning of warnings ?? []) console.error(`  ${warning}`);
  const line =
    `${total.toFixed(0)} s (${stages.join(", ")}), ${pairs} pairs, ${scene.refinement?.verifiedPairs} verified, ` +
    `${metrics.registered} registered, rotations ${metrics.median_rotation_deg?.toFixed(2)}°, ` +
    `centers ${(100 * (metrics.centre_error ?? 1)).toFixed(2)} % of the scene, main process ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`;
  console.log(JSON.stringify({ seconds, line }));
}
