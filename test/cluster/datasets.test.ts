import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BIN, dust3r, dust3rOutput, expectUserError, filesBelow, ON_CPU, scratchFolder } from "../cli/dust3r.ts";
import { hasRedis, startRedis, type TestBroker } from "./brokers.ts";

const at = await scratchFolder();
const GENERATE = "data generate --scenes 3 --views 2 --width 32 --height 24".split(" ");
const EVALUATE = ["eval", "procedural", "--scenes", "1", "--pairs", "3", "--model", "tiny", "--size", "64", "--json"];

const shards = (folder: string) =>
  Object.fromEntries(filesBelow(at(folder)).map((name) => [name, readFileSync(at(folder, name)).toString("base64")]));

beforeAll(async () => {
  await dust3rOutput(...GENERATE, "-o", at("alone"));
  expect(Object.keys(shards("alone"))).toHaveLength(2);
});

test("data sets are drawn by several processes, without a broker, byte for byte as by one", async () => {
  const store = ["--store", at("parts-store")];
  const part = (i: number) => dust3rOutput(...GENERATE, "-o", at("parts"), ...store, "--shard", `${i}/2`, "--json");
  const [first] = await Promise.all([part(1), part(2)]);
  expect(JSON.parse(first).shards).toHaveLength(1);
  expect(shards("parts")).toEqual(shards("alone"));
  expectUserError(
    await dust3r(...GENERATE, "-o", at("none"), ...store),
    /--store shares the work by --queue or --shard/,
  );
});

describe.skipIf(!hasRedis())("by a queue", () => {
  let broker: TestBroker;
  let worker: ChildProcess;
  let place: string[];
  beforeAll(async () => {
    broker = await startRedis();
    place = ["--queue", broker.address, "--store", at("store")];
    worker = spawn(process.execPath, [BIN, "worker", ...place, ...ON_CPU], { stdio: "ignore" });
  });
  afterAll(async () => {
    worker.kill("SIGTERM");
    await once(worker, "exit");
    await broker[Symbol.asyncDispose]();
  });

  test("data sets are the same, byte for byte, and go on where they were cut off", async () => {
    await dust3rOutput(...GENERATE, "-o", at("queued"), ...place);
    expect(shards("queued")).toEqual(shards("alone"));
    const again = await dust3r(...GENERATE, "-o", at("queued"), ...place);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringMatching(/3 scenes in 1 shards/) });
  });

  test("evaluations have the same records, pictures and report; a second time they are there", async () => {
    const figures = async (...more: string[]) => JSON.parse(await dust3rOutput(...EVALUATE, ...more));
    const alone = await figures("-o", at("eval-alone"), ...ON_CPU);
    const records = (folder: string) =>
      readFileSync(at(folder, "records.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => ({ ...JSON.parse(line), seconds: undefined }));
    await figures("-o", at("eval-queued"), ...place);
    expect(records("eval-queued")).toEqual(records("eval-alone"));
    expect(filesBelow(at("eval-queued"))).toEqual(filesBelow(at("eval-alone")));
    for (const name of filesBelow(at("eval-alone/worst")))
      expect(readFileSync(at("eval-queued/worst", name)).equals(readFileSync(at("eval-alone/worst", name)))).toBe(true);
    expect(Object.keys(await figures("-o", at("eval-queued"), ...place))).toEqual(Object.keys(alone));
  });

  test("what cannot be shared is said", async () => {
    expectUserError(await dust3r(...EVALUATE, "--queue", broker.address), /--queue and --store belong together/);
    expectUserError(await dust3r(...EVALUATE, ...place, "--shard", "1/2"), /give one of them/);
    const missing = ["eval", "photos", "--truth", at("nothing"), "--model", "tiny", ...place];
    expectUserError(await dust3r(...missing), /nothing/);
  });
});
