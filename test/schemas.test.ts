import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { schemaFiles } from "../scripts/write-schemas.ts";
import { sceneTracks } from "../src/export/tracks/scene-tracks.ts";
import { summarizeTracks } from "../src/export/tracks/summarize-tracks.ts";
import { formatPairsMetadata } from "../src/inference/pairs-file/pairs-metadata.ts";
import { sceneJson } from "../src/scene-file/scene-json.ts";
import { syntheticScene } from "./synthetic-scene.ts";

const VERDICT = { status: "ok", warnings: [], minConfidence: 1 } as const;

const FOLDER = join(import.meta.dirname, "../schemas");

test("schemas/ is what `npm run schemas` writes", () => {
  const files = schemaFiles();
  expect(readdirSync(FOLDER).sort()).toEqual([...files.keys()].sort());
  for (const [name, text] of files) expect(readFileSync(join(FOLDER, name), "utf8"), name).toBe(text);
});

test("every field is in snake_case", () => {
  for (const [name, text] of schemaFiles()) {
    for (const field of fieldsOf(JSON.parse(text))) expect(field, name).toMatch(/^([a-z][a-z0-9_]*|K)$/);
  }
});

test("the scene of the sample photos is one of posed photos", () => {
  const scene = join(import.meta.dirname, "../examples/photos/scene.json");
  expect(problems("posed-photos", JSON.parse(readFileSync(scene, "utf8")))).toEqual([]);
});

test("a scene that is written keeps to both of its schemas", () => {
  const { scene, views } = syntheticScene({ names: ["a.jpg", "b.jpg"] });
  const run = { model: { name: "tiny", dtype: "fp32", device: "cpu" }, timings: { images: 1 }, peakMemoryBytes: 1 };
  const trackSummary = summarizeTracks(sceneTracks(scene, 3), views);
  const json = sceneJson(scene, views, { run, maps: null, trackSummary, ...VERDICT });
  expect(problems("scene", json)).toEqual([]);
  expect(problems("posed-photos", json)).toEqual([]);
  const { mean_confidence: _, ...incomplete } = json.images[0]!;
  expect(problems("scene", { ...json, images: [incomplete] })).toEqual(["images.0.mean_confidence"]);
  expect(problems("scene", { ...json, seconds: 1 })).toEqual([""]);
});

test("the metadata of a pairs file are as published, within their strings too", () => {
  const { views } = syntheticScene({ names: ["a.jpg", "b.jpg"], scale: 2, crop: [10, 4] });
  const metadata = formatPairsMetadata("tiny", views);
  expect(problems("pairs-metadata", metadata)).toEqual([]);
  const { properties } = readSchema("pairs-metadata");
  for (const key of ["images", "originals"]) {
    const { error } = z.fromJSONSchema(properties[key].contentSchema).safeParse(JSON.parse(metadata[key]!));
    expect(error, key).toBeUndefined();
  }
});

// biome-ignore lint/suspicious/noExplicitAny: JSON
function readSchema(name: string): any {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.schema.json`), "utf8"));
}

/** The fields of a value that are not as a published schema has them. */
function problems(name: string, value: unknown): string[] {
  const { error } = z.fromJSONSchema(readSchema(name)).safeParse(value);
  return error?.issues.map(({ path }) => path.join(".")) ?? [];
}

function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => [
    ...(key === "properties" ? Object.keys(value) : []),
    ...fieldsOf(value),
  ]);
}
