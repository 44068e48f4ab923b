import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BIN, dust3r, dust3rOutput, expectUserError, ON_CPU, scratchFolder } from "../cli/dust3r.ts";
import { SAMPLE_PHOTOS } from "../cli/photos.ts";
import { hasRedis, startRedis, type TestBroker } from "./brokers.ts";
import { type FakeS3, s3Environment, startFakeS3 } from "./fake-s3.ts";
import { sceneContent, TINY_SCENE } from "./scene-content.ts";

const at = await scratchFolder();
const PHOTOS = ["courtyard-1.jpg", "courtyard-2.jpg"].map((name) => `${SAMPLE_PHOTOS}/${name}`);
const SETTINGS = [...ON_CPU, ...TINY_SCENE];
const KINDS = ["encode", "features", "pairs", "predict", "place", "verify", "cameras", "depth", "scene"];
/** Further ones, at random; `npm run test:kills` makes it 20. */
const RANDOM_KILLS = Number(process.env.DUST3R_TEST_KILLS ?? 0);
const HOUR = 3_600_000;

describe.skipIf(!hasRedis())("workers that are killed", () => {
  let broker: TestBroker;
  let s3: FakeS3;
  let env: NodeJS.ProcessEnv;
  const programs = new Set<ChildProcess>();
  beforeAll(async () => {
    broker = await startRedis();
    s3 = await startFakeS3();
    env = { ...process.env, ...s3Environment(s3) };
    for (const [name, hours] of [
      ["early", -1],
      ["late", 1],
    ] as const)
      writeFileSync(at(`${name}.mjs`), `const now = Date.now; Date.now = () => now() + ${hours * HOUR};`);
  });
  afterAll(async () => {
    for (const program of programs) program.kill("SIGKILL");
    await s3[Symbol.asyncDispose]();
    await broker[Symbol.asyncDispose]();
  });

  function start(args: readonly string[], clock?: "early" | "late") {
    const imported = clock ? ["--import", at(`${clock}.mjs`)] : [];
    const child = spawn(process.execPath, [...imported, BIN, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    programs.add(child);
    const run = { child, text: "", exit: once(child, "exit").then(([code]) => code as number | null) };
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        run.text += text;
      });
    return run;
  }
  const worker = (store: string, clock?: "early" | "late") =>
    start(["worker", "--queue", broker.address, "--store", store, ...ON_CPU, "--lease", "1"], clock);

  test("in every kind of task, with clocks an hour off and a store that fails every tenth request, give the same scene", async () => {
    await dust3rOutput("reconstruct", ...PHOTOS, "-o", at("plain"), ...SETTINGS);
    const store = "s3://bucket/kills";
    s3.fault = ({ number }) => (number % 10 === 0 ? 503 : undefined);
    s3.delay = 2;
    const submitter = start([
      "reconstruct",
      ...PHOTOS,
      "-o",
      at("out"),
      ...SETTINGS,
      "--store",
      store,
      "--queue",
      broker.address,
    ]);
    const killed: string[] = [];
    for (let kill = 0; kill < KINDS.length + RANDOM_KILLS; kill++) {
      if (submitter.child.exitCode !== null) break;
      const victim = worker(store, kill % 2 === 0 ? "early" : "late");
      const kind = KINDS[kill];
      if (kind === undefined) await pause(4000 * Math.random());
      else while (!new RegExp(`^${kind} `, "m").test(victim.text) && victim.child.exitCode === null) await pause(5);
      victim.child.kill("SIGKILL");
      await victim.exit;
      killed.push(kind ?? "at random");
    }
    const last = worker(store);
    expect(await submitter.exit, submitter.text).toBe(0);
    expect(killed.slice(0, KINDS.length)).toEqual(KINDS);
    expect(sceneContent(at("out"))).toEqual(sceneContent(at("plain")));
    const status = JSON.parse(await dust3rOutput("queue", "status", "--queue", broker.address, "--json"));
    expect(status).toMatchObject({ waiting: 0, failed: [], workers: [expect.stringMatching(/\/\d+\/cpu\/\d+GiB$/)] });
    last.child.kill("SIGTERM");
    expect(await last.exit).toBe(0);
    s3.fault = () => undefined;
    // A worker starts eight times, and a machine may be busy with other tests.
  }, 300_000);

  test("a store without the photo that was submitted, or with another one, is refused", async () => {
    const store = "s3://bucket/kills";
    for (const [key, bytes] of s3.objects) {
      if (/photo-/.test(key)) s3.objects.set(key, s3.objects.get("kills/probe")!);
      else if (/done-|encoding-|descriptor-/.test(key)) s3.objects.delete(key);
      expect(bytes.length).toBeGreaterThan(0);
    }
    const own = worker(store);
    const args = [
      "reconstruct",
      ...PHOTOS,
      "-o",
      at("changed"),
      ...SETTINGS,
      "--store",
      store,
      "--queue",
      broker.address,
    ];
    const submitter = start(args);
    expect(await submitter.exit).toBe(2);
    expect(submitter.text).toMatch(
      /error: 2 of 2 tasks failed.*courtyard-1\.jpg: is another photo than when the work was given/s,
    );
    own.child.kill("SIGTERM");
    expect(await own.exit).toBe(0);
  });

  test("wrong ways to say where are errors that say what is right", async () => {
    const given = ["reconstruct", ...PHOTOS, "-o", at("wrong"), ...SETTINGS];
    expectUserError(await dust3r(...given, "--queue", broker.address), /--queue needs --store/);
    expectUserError(await dust3r(...given, "--queue", "redis://127.0.0.1:1", "--store", at("s")), /no broker answers/);
    expectUserError(
      await dust3r("queue", "status", "--queue", broker.wrongAddress),
      /refuses the user or the password/,
    );
    expectUserError(
      await dust3r("worker", "--queue", broker.address, "--store", "/proc/none"),
      /--store: cannot write to/,
    );
  });
});
