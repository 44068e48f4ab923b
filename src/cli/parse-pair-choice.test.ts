import { expect, test } from "vitest";
import { silentLogger } from "../core/logger.ts";
import { parsePairChoice } from "./parse-pair-choice.ts";

test("many photos with all their pairs get a hint, few do not", async () => {
  const hints: string[] = [];
  const logger = { ...silentLogger, warn: (message: string) => hints.push(message) };
  const photos = Array.from({ length: 76 }, (_, i) => `${i}.jpg`);
  expect(await parsePairChoice("complete", photos, logger)).toEqual({ kind: "complete" });
  expect(hints).toEqual([expect.stringMatching(/^76 photos make 5700 ordered pairs: --pairs auto /)]);
  await parsePairChoice("complete", photos.slice(0, 10), logger);
  expect(await parsePairChoice("auto", photos, logger)).toEqual({ kind: "auto" });
  await parsePairChoice("retrieval:5", photos, logger);
  expect(hints).toHaveLength(1);
});
