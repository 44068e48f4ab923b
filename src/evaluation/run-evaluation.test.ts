import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InputError } from "../core/errors.ts";
import type { Benchmark, EvalItem } from "./benchmark.ts";
import { compareEvaluations } from "./compare-evaluations.ts";
import { evaluationReport } from "./evaluation-report.ts";
import { mergeRecords } from "./merge-records.ts";
import type { EvalHeader } from "./records-file.ts";
import { fixed } from "./report/markdown-table.ts";
import { runEvaluation } from "./run-evaluation.ts";
import { type Shard, shardRange } from "./shard.ts";
import { NO_PICTURES, WORST_CASES, worstPictures } from "./worst-cases.ts";

const COUNT = 30;
const header: EvalHeader = {
  version: 1,
  benchmark: "squares",
  model: "none",
  hash: "0",
  dtype: "fp32",
  settings: { seed: 1 },
  items: COUNT,
};

/** Sums squares; number 7 cannot be measured. */
const squares: Benchmark<{ readonly value: number }> = {
  name: "squares",
  title: "Squares & sums",
  protocol: ["Numbers < 30 are squared."],
  summarize(measured) {
    const total = measured.reduce((sum, { metrics }) => sum + metrics.value / 7, 0);
    const tables = [
      { title: "Sums", header: ["of", "n", "sum"], rows: [["all", `${measured.length}`, fixed(total, 12)]] },
    ];
    const charts = [{ title: "values", label: "value", limit: 10, series: [{ name: "<b>", errors: [1, 2, 3] }] }];
    return { tables, charts, figures: { total } };
  },
};

function items(evaluated: number[] = [], stopAt = Number.POSITIVE_INFINITY): EvalItem<{ readonly value: number }>[] {
  return Array.from({ length: COUNT }, (_, k) => ({
    id: `item ${k}`,
    async evaluate() {
      if (k === 7) throw new InputError("7 has no ground truth");
      if (k === stopAt) throw new Error("power failure");
      evaluated.push(k);
      const pixel = { width: 1, height: 1, rgb: Uint8Array.of(k, k, k) };
      return { metrics: { value: k * k }, badness: -k, pictures: () => [pixel, pixel] };
    },
  }));
}

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "dust3r-eval-"));
});
afterAll(() => rm(scratch, { recursive: true }));

async function run(name: string, shard?: Shard, evaluated?: number[], stopAt?: number) {
  const folder = join(scratch, name);
  const options = { folder, shard, pictures: worstPictures(folder) };
  return runEvaluation(items(evaluated, stopAt), header, options);
}

test("items are evaluated in order, those that cannot be measured are skipped with the reason", async () => {
  const records = await run("whole");
  expect(records.map(({ index }) => index)).toEqual(Array.from({ length: COUNT }, (_, k) => k));
  expect(records[7]).toEqual({ id: "item 7", index: 7, skipped: "7 has no ground truth" });
  expect(records[5]).toMatchObject({ metrics: { value: 25 }, badness: -5 });
  const { text, json, files } = await evaluationReport(squares, header, records, worstPictures(join(scratch, "whole")));
  expect(text).toContain("1 items skipped: item 7: 7 has no ground truth");
  expect(json).toMatchObject({ measured: 29, skipped: [{ id: "item 7", reason: "7 has no ground truth" }] });
  expect(files["report.html"]).toContain("Squares &amp; sums");
  expect(files["report.html"]).toContain("Numbers &lt; 30");
  expect(files["report.html"]).not.toContain("<b>");
});

test("the report shows the worst cases, worst first", async () => {
  const records = await run("worst");
  const { files } = await evaluationReport(squares, header, records, worstPictures(join(scratch, "worst")));
  const shown = [...files["report.html"]!.matchAll(/<figcaption>(item \d+)<\/figcaption><img/g)].map(([, id]) => id);
  const worst = Array.from({ length: WORST_CASES + 1 }, (_, k) => k).filter((k) => k !== 7);
  expect(shown).toEqual(worst.map((k) => `item ${k}`));
});

describe("resuming", () => {
  test("goes on where it stopped, a line that was cut off is done again", async () => {
    const first: number[] = [];
    await expect(run("resumed", undefined, first, 12)).rejects.toThrow("power failure");
    appendFileSync(join(scratch, "resumed", "records.jsonl"), '{"id":"item 12","ind');
    const second: number[] = [];
    const records = await run("resumed", undefined, second);
    expect([...first, ...second]).toEqual(Array.from({ length: COUNT }, (_, k) => k).filter((k) => k !== 7));
    expect(second[0]).toBe(12);
    expect(records.length).toBe(COUNT);
    expect(
      readFileSync(join(scratch, "resumed", "records.jsonl"), "utf8")
        .trim()
        .split("\n").length,
    ).toBe(COUNT + 1);
  });

  test("refuses records of another evaluation", async () => {
    const folder = join(scratch, "whole");
    const other = { ...header, settings: { seed: 2 } };
    const options = { folder, pictures: NO_PICTURES };
    await expect(runEvaluation(items(), other, options)).rejects.toThrow(
      /whole: holds records of another evaluation \(settings \{"seed":1\}, here \{"seed":2\}\)/,
    );
  });

  test("refuses a file that is no record", async () => {
    const folder = join(scratch, "damaged");
    await run("damaged");
    writeFileSync(join(folder, "records.jsonl"), "hello\n");
    await expect(run("damaged")).rejects.toThrow(/records.jsonl: line 1 is not JSON/);
  });

  test("an aborted run keeps what it has", async () => {
    const folder = join(scratch, "aborted");
    const controller = new AbortController();
    const options = { folder, pictures: NO_PICTURES, signal: controller.signal };
    const onProgress = ({ done }: { done: number }) => done === 4 && controller.abort(new Error("stop"));
    await expect(runEvaluation(items(), header, { ...options, onProgress })).rejects.toThrow("stop");
    const again: number[] = [];
    await run("aborted", undefined, again);
    expect(again[0]).toBe(4);
  });
});

test("nothing that can be measured is an error, not an empty table", async () => {
  const broken = items().map(({ id }) => ({ id, evaluate: () => Promise.reject(new InputError("no depth")) }));
  const options = { pictures: NO_PICTURES };
  await expect(runEvaluation(broken, header, options)).rejects.toThrow(/nothing could be evaluated: no depth/);
  await expect(runEvaluation([], { ...header, items: 0 }, options)).rejects.toThrow(/nothing to evaluate/);
});

describe("shards", () => {
  test("cover every item once, evenly", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 50 }), (count, shards) => {
        const ranges = Array.from({ length: shards }, (_, k) => shardRange(count, { index: k + 1, count: shards }));
        expect(ranges[0]![0]).toBe(0);
        expect(ranges.at(-1)![1]).toBe(count);
        ranges.slice(1).forEach(([start], k) => {
          expect(start).toBe(ranges[k]![1]);
        });
        const sizes = ranges.map(([start, end]) => end - start);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("merged give the very table of one run", async () => {
    const whole = await run("one run");
    const shards = [1, 2, 3].map((index) => ({ index, count: 3 }));
    for (const shard of shards) await run(`shard ${shard.index}`, shard);
    const folders = shards.map(({ index }) => join(scratch, `shard ${index}`)).reverse();
    const merged = await mergeRecords(folders);
    const report = (records: typeof whole) => evaluationReport(squares, header, records, NO_PICTURES);
    expect((await report(merged.records as typeof whole)).text).toBe((await report(whole)).text);
    expect((await report(merged.records as typeof whole)).json).toEqual((await report(whole)).json);
  });

  test("the worst of all have their pictures in some shard", async () => {
    expect(existsSync(join(scratch, "shard 1", "worst", "item_0.jpg"))).toBe(true);
  });

  test("missing, doubled and foreign shards are refused", async () => {
    const folder = (k: number) => join(scratch, `shard ${k}`);
    await expect(mergeRecords([folder(1), folder(2)])).rejects.toThrow(/20 of 30 items were evaluated/);
    await expect(mergeRecords([folder(1), folder(1)])).rejects.toThrow(/item 0 is in both .*shard 1 and .*shard 1/);
    await expect(mergeRecords([join(scratch, "nowhere")])).rejects.toThrow(/nowhere: there is no records.jsonl/);
  });
});

describe("comparing weights", () => {
  test("one row each, called by its model", async () => {
    const folder = join(scratch, "other weights");
    const other = { ...header, model: "better", settings: { size: 224 } };
    await runEvaluation(items(), other, { folder, pictures: NO_PICTURES });
    const table = await compareEvaluations([join(scratch, "whole"), folder], [squares as Benchmark<unknown>]);
    expect(table.header).toEqual(["weights", "n", "sum"]);
    expect(table.rows.map((row) => row.slice(0, 2))).toEqual([
      ["none", "29"],
      ["better, 224 px", "29"],
    ]);
  });

  test("unfinished and foreign ones are refused", async () => {
    const compare = (...names: string[]) =>
      compareEvaluations(
        names.map((name) => join(scratch, name)),
        [],
      );
    await expect(compare("nowhere")).rejects.toThrow(/there is no records.jsonl/);
    await expect(compare("shard 1")).rejects.toThrow(/has 10 of 30 items; finish it first/);
    await expect(compare("whole")).rejects.toThrow(/there is no table of squares/);
    const folder = join(scratch, "cubes");
    await runEvaluation(items(), { ...header, benchmark: "cubes" }, { folder, pictures: NO_PICTURES });
    const benchmarks = [squares as Benchmark<unknown>];
    await expect(compareEvaluations([join(scratch, "whole"), folder], benchmarks)).rejects.toThrow(
      /is of cubes, .* of squares/,
    );
  });
});
