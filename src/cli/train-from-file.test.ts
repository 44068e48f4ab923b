import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writePhotoScene } from "../../test/photo-scene.ts";
import { isUserError } from "../core/errors.ts";
import { parseTrainConfig } from "../training/config/train-config.ts";
import { parseTrainHistory } from "../training/report/train-history.ts";
import { train } from "../training/train.ts";
import { pretrainFromFile, trainFromFile } from "./train-from-file.ts";
import { openTrainLog } from "./train-log.ts";

const stack = { dim: 16, depth: 1, heads: 2 };
const config = {
  network: { encoder: stack, decoder: stack },
  stages: [{ width: 32, height: 24, steps: 4, pairs: 2 }],
  data: { scenes: 2, views: 3 },
  validation: { pairs: 4, everySteps: 2 },
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dust3r-train-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const { signal } = new AbortController();
const flags = (output: string) => ({ output: join(folder, output), threads: 1, quiet: true });

test.each([
  ["train", trainFromFile, 6],
  ["pretrain", pretrainFromFile, 4],
] as const)("%s leaves checkpoints, a log and a report with examples", async (name, run, pictures) => {
  await run(file(`${name}.json`, JSON.stringify(config)), flags(name), signal);
  const written = readdirSync(join(folder, name)).sort();
  expect(written).toEqual(["checkpoints", "report.html", "train.jsonl"]);
  const { steps, validations } = parseTrainHistory(readFileSync(join(folder, name, "train.jsonl"), "utf8"));
  expect(steps.length).toBeGreaterThan(0);
  expect(validations.map(({ step }) => step)).toEqual([0, 2, 4]);
  const page = readFileSync(join(folder, name, "report.html"), "utf8");
  expect(page.match(/<img /g)?.length).toBe(3 * pictures);
});

test("the report is there before the first step, and up to date after an interruption", async () => {
  const interruption = new AbortController();
  const log = await openTrainLog(config, join(folder, "watched"), true);
  let atStepZero = "";
  const read = () => readFileSync(join(folder, "watched/report.html"), "utf8");
  const running = train(parseTrainConfig("config.json", { ...config, validation: { pairs: 4, everySteps: 100 } }), {
    ...log.listeners,
    output: join(folder, "watched"),
    threads: 1,
    signal: interruption.signal,
    onStep(step) {
      log.listeners.onStep(step);
      atStepZero ||= read();
      interruption.abort(new Error("stopped"));
    },
  });
  await expect(running).rejects.toThrow("stopped");
  await log.close();
  expect(atStepZero).toContain("<img ");
  expect(atStepZero).not.toContain("step 1, ");
  expect(read()).toContain("<img ");
  expect(read()).toContain("step 1, ");
});

test("photos with a scene.json train as they are", async () => {
  const photos = join(folder, "photos");
  mkdirSync(photos);
  await writePhotoScene(photos);
  const own = { ...config, data: { photos }, stages: [{ ...config.stages[0], steps: 2 }] };
  await trainFromFile(file("own.json", JSON.stringify(own)), flags("own"), signal);
  const { validations } = parseTrainHistory(readFileSync(join(folder, "own/train.jsonl"), "utf8"));
  expect(validations.map(({ step }) => step)).toEqual([0, 2]);
  for (const { validation } of validations) expect(validation.loss).toBeGreaterThan(0);
});

test("training starts from pre-training and grows on the way", async () => {
  const deeper = { ...config, network: { encoder: { ...stack, depth: 2 }, decoder: stack } };
  const init = join(folder, "pretrain/checkpoints/step-000000004");
  await trainFromFile(file("deeper.json", JSON.stringify(deeper)), { ...flags("deeper"), init }, signal);
  const notes = readFileSync(join(folder, "deeper/train.jsonl"), "utf8").match(/"note":"[^"]*"/g);
  expect(notes).toEqual([
    '"note":"the encoder grows from 1 to 2 blocks; new ones start as the identity"',
    '"note":"drawn at random: downstream_head1, downstream_head2"',
  ]);
});

test.each<[string, string | undefined, RegExp]>([
  ["no such file", undefined, /none\.json: there is no such file; a JSON configuration is expected/],
  ["no JSON", "{", /broken\.json: line 1: not JSON/],
  ["a field of the other command", JSON.stringify({ ...config, masked: 0.5 }), /"masked" is unknown/],
])("%s", async (_, text, message) => {
  const path = text === undefined ? join(folder, "none.json") : file("broken.json", text);
  const ended = trainFromFile(path, flags("never"), signal);
  await expect(ended).rejects.toSatisfy(isUserError);
  await expect(ended).rejects.toThrow(message);
});
