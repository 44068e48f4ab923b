import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bytesInMemory } from "../core/byte-source.ts";
import { FormatError, InputError } from "../core/errors.ts";
import { readSafetensorsHeader } from "../formats/safetensors.ts";
import {
  safetensorsHeader,
  type TensorContent,
  type TensorSpec,
  writeSafetensors,
} from "../formats/safetensors-writer.ts";
import { readTensor } from "../formats/tensor-entry.ts";
import { parameterShapes } from "../network/parameters.ts";
import { openCheckpoint } from "./open-checkpoint.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`../../test/fixtures/${name}`, import.meta.url));
const PTH = fixture("tiny_linear_checkpoint.pth");
const SAFETENSORS = fixture("tiny_linear_weights.safetensors");
const DPT = fixture("tiny_dpt_weights.safetensors");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dust3r-weights-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The tensors of the tiny linear model, as they would be written again. */
async function tinyTensors(): Promise<Map<string, TensorContent>> {
  const source = bytesInMemory("tiny", readFileSync(SAFETENSORS));
  const tensors = new Map<string, TensorContent>();
  for (const [name, entry] of (await readSafetensorsHeader(source)).tensors) {
    tensors.set(name, { ...entry, values: await readTensor(source, entry) });
  }
  return tensors;
}

function write(name: string, tensors: ReadonlyMap<string, TensorContent>): string {
  const path = join(folder, name);
  writeFileSync(path, writeSafetensors(tensors));
  return path;
}

describe("a .pth checkpoint", () => {
  test("opens with the sizes of its tensors and the settings of its training", async () => {
    const { config, tensors, notes } = await openCheckpoint(PTH);
    expect(config).toEqual({
      patchSize: 16,
      encoder: { dim: 48, depth: 3, heads: 2 },
      decoder: { dim: 32, depth: 4, heads: 2 },
      mlpRatio: 4,
      ropeBase: 100,
      head: { kind: "linear" },
      depthMode: "exp",
      confidenceMode: { kind: "exp", min: 1, max: Infinity },
      imageSize: { height: 64, width: 64 },
    });
    expect(notes).toEqual(["tensors it does not need: mask_token"]);
    expect([...tensors.keys()]).toEqual([...parameterShapes(config).keys()]);
  });

  test("gives the bytes of its safetensors twin in place", async () => {
    const [pth, twin] = await Promise.all([openCheckpoint(PTH), openCheckpoint(SAFETENSORS)]);
    const pthBytes = readFileSync(pth.path);
    const twinBytes = readFileSync(twin.path);
    for (const [name, { offset, byteLength }] of pth.tensors) {
      const other = twin.tensors.get(name)!;
      const here = pthBytes.subarray(offset, offset + byteLength);
      expect(here.equals(twinBytes.subarray(other.offset, other.offset + other.byteLength)), name).toBe(true);
    }
  });
});

describe("a .safetensors checkpoint", () => {
  test("takes its settings from the config.json beside it, as a file and as a folder", async () => {
    const model = join(folder, "hub-layout");
    mkdirSync(model);
    cpSync(DPT, join(model, "model.safetensors"));
    writeFileSync(
      join(model, "config.json"),
      '{"head_type": "dpt", "enc_num_heads": 2, "dec_num_heads": 2, "pos_embed": "RoPE100", "img_size": [64, 64], ' +
        '"depth_mode": ["exp", -Infinity, Infinity], "conf_mode": ["exp", 1, Infinity]}',
    );
    const checkpoint = await openCheckpoint(model, { name: "mine", licence: "CC0" });
    expect(checkpoint).toMatchObject({ name: "mine", licence: "CC0", byteLength: statSync(DPT).size });
    expect(checkpoint.config.encoder.heads).toBe(2);
    expect(checkpoint.config.head).toEqual({ kind: "dpt", featureDim: 16, lastDim: 8, layerDims: [8, 16, 24, 32] });
    expect(checkpoint.notes).toEqual([
      expect.stringMatching(/^tensors it does not need: mask_token, .* and \d+ more$/),
    ]);
    const asFile = await openCheckpoint(join(model, "model.safetensors"));
    expect(asFile).toEqual({ ...checkpoint, name: asFile.name, licence: undefined });

    writeFileSync(join(model, "config.json"), '{"head_type": ');
    await expect(openCheckpoint(model)).rejects.toThrow(/config\.json: not valid JSON/);
    writeFileSync(join(model, "config.json"), "[]");
    await expect(openCheckpoint(model)).rejects.toThrow(/config\.json: expected a JSON object/);
  });

  test("is known by the file behind a symbolic link", async () => {
    const link = join(folder, "link.safetensors");
    symlinkSync(SAFETENSORS, link);
    expect(await openCheckpoint(link)).toMatchObject({ name: link, path: SAFETENSORS });
  });

  test("may name the DPT layers in either of the two ways", async () => {
    const shapes = parameterShapes((await openCheckpoint(DPT)).config);
    const renamed = new Map<string, TensorContent>();
    for (const [name, shape] of shapes) {
      const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
      const other = name.replace(/layer_rn\.(\d)/, (_, level) => `layer${Number(level) + 1}_rn`);
      renamed.set(other, { dtype: "F32", shape, values });
    }
    const { tensors, notes } = await openCheckpoint(write("renamed.safetensors", renamed));
    expect([...tensors.keys()]).toEqual([...shapes.keys()]);
    expect(notes.join()).not.toContain("does not need");
  });
});

test("a CroCo checkpoint gives its one decoder to both sides", async () => {
  const tensors = await tinyTensors();
  for (const name of [...tensors.keys()]) if (/^(dec_blocks2|downstream)/.test(name)) tensors.delete(name);
  tensors.set("prediction_head.weight", { dtype: "F32", shape: [1], values: Float32Array.of(0) });
  const { config, tensors: found, notes } = await openCheckpoint(write("croco.safetensors", tensors));
  expect(config.head).toEqual({ kind: "none" });
  expect(found.get("dec_blocks2.3.norm_y.bias")).toEqual(found.get("dec_blocks.3.norm_y.bias"));
  expect(notes).toContain("tensors it does not need: mask_token, prediction_head.weight");
});

describe("refused", () => {
  test("missing and misshapen tensors, by name", async () => {
    const tensors = await tinyTensors();
    tensors.delete("enc_norm.bias");
    tensors.set("dec_norm.bias", { dtype: "F32", shape: [2, 16], values: new Float32Array(32) });
    tensors.set("dec_norm.weight", { dtype: "I32", shape: [32], values: new Int32Array(32) });
    await expect(openCheckpoint(write("bad.safetensors", tensors))).rejects.toThrow(
      /bad\.safetensors: unusable weights: enc_norm\.bias is missing; dec_norm\.weight is of type I32; dec_norm\.bias is \[2,16\] instead of \[32\]$/,
    );
  });

  test("many missing tensors, the first ten by name", async () => {
    const tensors = await tinyTensors();
    for (const name of [...tensors.keys()]) if (name.startsWith("dec_blocks2.")) tensors.delete(name);
    tensors.set("dec_blocks2.0.norm1.bias", { dtype: "F32", shape: [32], values: new Float32Array(32) });
    const error = await openCheckpoint(write("half.safetensors", tensors)).catch((caught: Error) => caught);
    expect(error).toBeInstanceOf(FormatError);
    expect((error as Error).message.match(/is missing/g)).toHaveLength(10);
    expect((error as Error).message).toMatch(/and \d+ more$/);
  });

  test.each<[what: string, content: string, message: RegExp]>([
    ["an empty file", "", /is empty/],
    ["a text", "hello, I am not a network", /not a valid safetensors file/],
    ["a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n", /Git LFS pointer/],
    [
      "a checkpoint of old PyTorch",
      "\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.",
      /before version 1\.6/,
    ],
    ["an archive of something else", "PK\x05\x06".padEnd(22, "\0"), /without data\.pkl/],
  ])("%s", async (_what, content, message) => {
    const path = join(folder, "wrong.pth");
    writeFileSync(path, content, "latin1");
    await expect(openCheckpoint(path)).rejects.toThrow(FormatError);
    await expect(openCheckpoint(path)).rejects.toThrow(message);
    await expect(openCheckpoint(path)).rejects.toThrow(path);
  });

  test("a path to nothing and a folder without weights", async () => {
    await expect(openCheckpoint(join(folder, "none.pth"))).rejects.toThrow(InputError);
    await expect(openCheckpoint(tmpdir())).rejects.toThrow(/holds model\.safetensors and config\.json/);
  });
});

describe("an official-size file", () => {
  let model: string;
  beforeAll(() => {
    model = join(folder, "official");
    mkdirSync(model);
    const shapes: Record<string, number[]> = JSON.parse(readFileSync(fixture("state_dict_keys_512_dpt.json"), "utf8"));
    const specs = new Map<string, TensorSpec>(
      Object.entries(shapes).map(([name, shape]) => [name, { dtype: "F32", shape }]),
    );
    const header = safetensorsHeader(specs);
    const numbers = Object.values(shapes).reduce(
      (sum, shape) => sum + shape.reduce((product, size) => product * size, 1),
      0,
    );
    // Sparse: takes no room on the disk.
    writeFileSync(join(model, "model.safetensors"), header);
    truncateSync(join(model, "model.safetensors"), header.length + 4 * numbers);
    writeFileSync(
      join(model, "config.json"),
      '{"head_type": "dpt", "enc_embed_dim": 1024, "enc_depth": 24, "enc_num_heads": 16, "dec_embed_dim": 768, "dec_depth": 12, ' +
        '"dec_num_heads": 12, "pos_embed": "RoPE100", "img_size": [512, 512], "depth_mode": ["exp", -Infinity, Infinity], ' +
        '"conf_mode": ["exp", 1, Infinity], "output_mode": "pts3d", "landscape_only": false, "patch_embed_cls": "PatchEmbedDust3R"}',
    );
  });

  test("opens by its headers alone", async () => {
    const before = process.memoryUsage();
    const checkpoint = await openCheckpoint(model);
    const after = process.memoryUsage();
    expect(checkpoint.byteLength).toBeGreaterThan(2.3e9);
    expect(checkpoint.config).toMatchObject({
      encoder: { dim: 1024, depth: 24, heads: 16 },
      decoder: { dim: 768, depth: 12, heads: 12 },
      head: { kind: "dpt", featureDim: 256, lastDim: 128, layerDims: [96, 192, 384, 768] },
      imageSize: { height: 512, width: 512 },
    });
    const numbers = [...checkpoint.tensors.values()].reduce((sum, { byteLength }) => sum + byteLength / 4, 0);
    // SPEC 2: 571,171,208 unique parameters, of which mask_token and refinenet4.resConfUnit1 of both heads are not used.
    expect(numbers).toBe(571_171_208 - 768 - 2 * 2 * (256 * 256 * 9 + 256));
    expect(after.rss - before.rss).toBeLessThan(100e6);
  });

  test("has a hash that changes with any one of its tensors and with its settings", async () => {
    const path = join(model, "model.safetensors");
    const first = await openCheckpoint(model);
    expect((await openCheckpoint(model)).hash).toBe(first.hash);
    const { offset, byteLength } = first.tensors.get("dec_blocks.7.mlp.fc1.weight")!;
    const file = openSync(path, "r+");
    writeSync(file, Uint8Array.of(1), 0, 1, offset + byteLength / 2);
    closeSync(file);
    const second = await openCheckpoint(model);
    expect(second.hash).not.toBe(first.hash);
    const config = join(model, "config.json");
    writeFileSync(config, readFileSync(config, "utf8").replace('"dec_num_heads": 12', '"dec_num_heads": 6'));
    expect((await openCheckpoint(model)).hash).not.toBe(second.hash);
  });
});

describe("damage", () => {
  test.each([
    ["a .pth", PTH, 40_000, 31_000],
    ["a .safetensors", SAFETENSORS, 24_600, 0],
  ] as const)("to %s is harmless or a FormatError", async (_what, original, head, tail) => {
    const path = join(folder, "damaged");
    cpSync(original, path);
    const bytes = readFileSync(original);
    const place = fc.oneof(fc.nat({ max: head }), fc.integer({ min: bytes.length - tail - 1, max: bytes.length - 1 }));
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (index, change) => {
        const file = openSync(path, "r+");
        writeSync(file, Uint8Array.of(bytes[index]! ^ change), 0, 1, index);
        const error = await openCheckpoint(path).catch((caught: unknown) => caught);
        writeSync(file, bytes, index, 1, index);
        closeSync(file);
        if (error instanceof Error) expect(error).toBeInstanceOf(FormatError);
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ["a .pth", PTH],
    ["a .safetensors", SAFETENSORS],
  ])("%s that is cut off is a FormatError", async (_what, original) => {
    const path = join(folder, "cut");
    cpSync(original, path);
    const { size } = statSync(original);
    for (let length = size - 1; length > 0; length = Math.floor(length * 0.7)) {
      truncateSync(path, length);
      await expect(openCheckpoint(path), `${length} bytes`).rejects.toBeInstanceOf(FormatError);
    }
  });
});
