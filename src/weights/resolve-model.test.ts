import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { InputError } from "../core/errors.ts";
import { describeModel } from "./describe-model.ts";
import { DEFAULT_MODEL, listEmbeddedModels } from "./embedded.ts";
import { formatHubId, parseHubId } from "./hub-id.ts";
import { resolveModel } from "./resolve-model.ts";

test("the embedded weights open by name and by default", async () => {
  expect(await listEmbeddedModels()).toContain(DEFAULT_MODEL);
  const checkpoint = await resolveModel();
  expect(checkpoint).toEqual(await resolveModel(DEFAULT_MODEL));
  expect(checkpoint).toMatchObject({ name: DEFAULT_MODEL, licence: "Apache-2.0" });
  const { parameters, dtypes, path, config } = describeModel(checkpoint);
  expect(parameters).toBeGreaterThan(1e6);
  expect(dtypes).toEqual(["F16"]);
  expect(path).toMatch(/model\.safetensors$/);
  expect(config.head.kind).not.toBe("none");
});

test("a path opens the file there", async () => {
  const path = fileURLToPath(new URL("../../test/fixtures/tiny_linear_checkpoint.pth", import.meta.url));
  expect(await resolveModel(path)).toMatchObject({ name: path, path });
});

test("an unknown name says what there is", async () => {
  for (const name of ["no such model", "checkpoints/none.pth", "./none", "a/b/c", "naver/a--b", "../x/y"]) {
    const error = await resolveModel(name, { offline: true }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toContain(`"${name}" was not found`);
    expect((error as InputError).message).toContain(DEFAULT_MODEL);
  }
});

describe("hub ids", () => {
  test.each([
    [
      "naver/DUSt3R_ViTLarge_BaseDecoder_512_dpt",
      { owner: "naver", name: "DUSt3R_ViTLarge_BaseDecoder_512_dpt", revision: "main" },
    ],
    ["a.b/c-d@v1.0", { owner: "a.b", name: "c-d", revision: "v1.0" }],
    ["a/b@refs/pr/1", { owner: "a", name: "b", revision: "refs/pr/1" }],
  ])("%s", (text, id) => {
    expect(parseHubId(text)).toEqual(id);
    expect(formatHubId(id)).toBe(text);
  });

  test.each([
    "model",
    "a/b.pth",
    "a/b.safetensors",
    "/a/b",
    "./a/b",
    "../a",
    "a/..",
    "a/b/c",
    "a b/c",
    "a/b@",
    "a/b@../c",
    "https://x/y",
  ])("%s is none", (text) => {
    expect(parseHubId(text)).toBeUndefined();
  });
});
