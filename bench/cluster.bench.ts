/**
 * Many machines (docs/cluster.md). Measured: a walk through a drawn town by one process, and by 1, 2 and 4 processes that share a store
 * (`--shard`), each bound to one of two cores; and by a broker with one worker, where `redis-server` is installed. Simulated: up to 64
 * workers and as many photos as given, from the seconds and bytes of single tasks, which are measured on one core. Numbers of photos
 * may be given, measured and simulated: `npx tsx --conditions=source bench/cluster.bench.ts 24 1000`. Needs Linux (`taskset`).
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeJpeg } from "#platform";
import { fillStore, photoRefs, type RunTasks } from "../src/cluster/fill-store.ts";
import { reconstructScene } from "../src/cluster/kinds/reconstruct-scene.ts";
import { photoAtPath } from "../src/cluster/photo-ref.ts";
import { openStore } from "../src/cluster/store/open-store.ts";
import type { BlobStore } from "../src/core/blob-store.ts";
import { openModel } from "../src/pipeline/open-model.ts";
import { drawTown } from "../src/procedural/town/draw-town.ts";
import { hasRedis, startRedis } from "../test/cluster/brokers.ts";

/** Tasks of one kind, which wait for those of the kind before. */
interface Stage {
  readonly kind: string;
  /** Photos or pairs; 1 for a task that cannot be divided. */
  readonly items: number;
  readonly tasks: number;
  readonly seconds: number;
  /** Read from the store and written to it. */
  readonly bytes: number;
}

const BIN = resolve(import.meta.dirname, "../bin/dust3r.js");
const SIZE = { width: 480, height: 360 };
const CORES = 2;
const WORKERS = [1, 2, 4, 8, 16, 32, 64];
/** Of a task, by the queue: measured once on Redis, see docs/cluster.md. */
const QUEUE_SECONDS = 0.03;
/** Of a worker's connection to the store, and of the store altogether: a network of 1 and of 10 Gbit/s. */
const BYTES_PER_SECOND = { worker: 125e6, store: 1250e6 };
/** How much longer a pair takes with the published network at 512x384 than with the embedded one. */
const LARGE_NETWORK = 100;

const row = process.env.CLUSTER_TASKS;
if (row !== undefined) console.log(JSON.stringify(await timedTasks(row)));
else await main();

async function main(): Promise<void> {
  const [photos = 24, simulated = 1000] = process.argv.slice(2).map(Number);
  const at = mkdtempSync(join(tmpdir(), "dust3r-cluster-"));
  try {
    const town = join(at, "photos");
    await drawPhotos(photos, town);
    console.log(`${photos} photos of ${SIZE.width}x${SIZE.height}, embedded weights, one core per process`);
    const given = ["reconstruct", town, "--device", "cpu", "--threads", "1", "--export", "ply"];
    const alone = await seconds([[...given, "-o", join(at, "alone")]]);
    console.log(`one process, no store: ${alone.toFixed(1)} s`);
    for (const count of [1, 2, 4]) {
      const parts = Array.from({ length: count }, (_, i) => [
        ...given,
        ...["-o", join(at, `out-${count}`), "--store", join(at, `store-${count}`), "--shard", `${i + 1}/${count}`],
      ]);
      const wall = await seconds(parts);
      console.log(`${count} by --shard: ${wall.toFixed(1)} s, ${(alone / wall).toFixed(2)} times as fast as alone`);
    }
    if (hasRedis()) await byQueue(given, at, alone);
    const stages = await taskTimes(town);
    for (const { kind, tasks, items, seconds: s, bytes } of stages)
      console.log(`${kind}: ${tasks} tasks, ${items} items, ${s.toFixed(2)} s, ${(bytes / 1e6).toFixed(1)} MB`);
    for (const factor of [1, LARGE_NETWORK]) {
      const grown = stages.map((stage) => grow(stage, simulated / photos, factor));
      const first = makespan(grown, 1);
      const curve = WORKERS.map((workers) => {
        const time = makespan(grown, workers);
        return `${workers}: ${time.toFixed(0)} s (${((100 * first) / (workers * time)).toFixed(0)} %)`;
      });
      const network = factor === 1 ? "embedded network" : `network that takes ${factor} times as long`;
      console.log(`simulated, ${simulated} photos, ${network}; workers: seconds (efficiency)\n  ${curve.join(", ")}`);
    }
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
}

async function drawPhotos(photos: number, folder: string): Promise<void> {
  mkdirSync(folder);
  let count = 0;
  for (const view of drawTown({ views: photos, seed: 1, ...SIZE }))
    writeFileSync(join(folder, `${String(count++).padStart(4, "0")}.jpg`), await encodeJpeg(view, 90));
}

/** Wall time of commands that run at once, each on one core. */
async function seconds(commands: readonly (readonly string[])[]): Promise<number> {
  const started = performance.now();
  await Promise.all(commands.map(async (command, i) => await finished(onCore(i, [BIN, ...command]))));
  return (performance.now() - started) / 1000;
}

function onCore(core: number, command: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  const args = ["-c", `${core % CORES}`, process.execPath, ...command];
  return spawn("taskset", args, { env, stdio: ["ignore", "pipe", "pipe"] });
}

async function finished(child: ReturnType<typeof onCore>): Promise<string> {
  let [output, problems] = ["", ""];
  child.stdout.on("data", (data) => (output += data));
  child.stderr.on("data", (data) => (problems += data));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(problems);
  return output;
}

async function byQueue(given: readonly string[], at: string, alone: number): Promise<void> {
  await using broker = await startRedis();
  const place = ["--queue", broker.address, "--store", join(at, "store-queue")];
  const worker = onCore(0, [BIN, "worker", ...place, "--device", "cpu", "--threads", "1"]);
  await once(worker.stderr, "data");
  const submit = given.filter((_, i) => !["--device", "cpu", "--threads", "1"].includes(given[i]!));
  const started = performance.now();
  await finished(onCore(1, [BIN, ...submit, "-o", join(at, "out-queue"), ...place]));
  const wall = (performance.now() - started) / 1000;
  worker.kill("SIGTERM");
  await once(worker, "close");
  const rest = readdirSync(join(at, "store-queue")).length;
  console.log(
    `a broker and one worker: ${wall.toFixed(1)} s, ${(wall / alone).toFixed(2)} of alone; ${rest} files in the store`,
  );
}

async function taskTimes(town: string): Promise<readonly Stage[]> {
  const args = ["--conditions=source", "--import", "tsx", fileURLToPath(import.meta.url)];
  const output = await finished(onCore(0, args, { ...process.env, CLUSTER_TASKS: town }));
  return JSON.parse(output.trim().split("\n").at(-1)!);
}

/** Has all tasks of a scene done in this process, one after another. */
async function timedTasks(town: string): Promise<readonly Stage[]> {
  const folder = mkdtempSync(join(tmpdir(), "dust3r-tasks-"));
  try {
    let bytes = 0;
    const store = counting(await openStore(folder), (count) => (bytes += count));
    await using model = await openModel({ device: "cpu", threads: 1 });
    const stages: Stage[] = [];
    const run: RunTasks = async (kind, inputs) => {
      bytes = 0;
      const started = performance.now();
      const answers = [];
      for (const input of inputs)
        answers.push(await kind.run(input, { store, findPhoto: photoAtPath, openModel: async () => model }));
      const items = inputs.reduce((sum, input) => sum + kind.items(input), 0);
      const spent = (performance.now() - started) / 1000;
      stages.push({ kind: kind.name, items, tasks: inputs.length, seconds: spent, bytes });
      return answers;
    };
    const paths = readdirSync(town).map((name) => join(town, name));
    const photos = await photoRefs(paths, undefined);
    const ref = { name: undefined, hash: model.checkpoint.hash };
    const scene = await fillStore({ model: ref, photos, settings: {}, priors: {} }, run, { store });
    await run(reconstructScene, [{ ...scene, kinds: ["ply"], minConfidence: "auto" }]);
    return stages;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function counting(store: BlobStore, count: (bytes: number) => void): BlobStore {
  return {
    has: (key) => store.has(key),
    async get(key) {
      const bytes = await store.get(key);
      count(bytes?.byteLength ?? 0);
      return bytes;
    },
    async put(key, bytes) {
      count(bytes.byteLength);
      await store.put(key, bytes);
    },
  };
}

/** The stage for more photos, in tasks of the sizes that `fillStore` makes; what one task does takes as much longer as there are more photos. */
function grow(stage: Stage, factor: number, network: number): Stage {
  const isOne = stage.items === 1;
  const seconds = stage.seconds * factor * (stage.kind === "predict" ? network : 1);
  const items = isOne ? 1 : Math.round(stage.items * factor);
  const most = { encode: 8, features: 8, predict: 32, verify: 64 }[stage.kind];
  return { ...stage, items, seconds, bytes: stage.bytes * factor, tasks: most ? Math.ceil(items / most) : 1 };
}

/** Seconds until all is done: stage after stage, tasks of equal length given to whoever is free. */
function makespan(stages: readonly Stage[], workers: number): number {
  return stages.reduce((sum, { tasks, seconds, bytes }) => {
    const busy = Math.min(workers, tasks);
    const rate = Math.min(BYTES_PER_SECOND.worker, BYTES_PER_SECOND.store / busy);
    const each = (seconds + bytes / rate) / tasks + QUEUE_SECONDS;
    return sum + Math.ceil(tasks / workers) * each;
  }, 0);
}
