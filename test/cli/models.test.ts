import { existsSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { writeSafetensors } from "../../src/formats/safetensors-writer.ts";
import { goldenNames, readGoldens } from "../golden.ts";
import { dust3r, dust3rOutput, expectUserError, ON_CPU, scratchFolder } from "./dust3r.ts";
import { savePhoto } from "./photos.ts";

const at = await scratchFolder();
const photo = await savePhoto(at("photo.jpg"));
const MODELS = resolve(import.meta.dirname, "../../models");
const stopgap = readFileSync(resolve(MODELS, "stopgap/model.safetensors"));
const config = readFileSync(resolve(MODELS, "stopgap/config.json"));
const torchFile = readFileSync(resolve(import.meta.dirname, "../fixtures/tiny_linear_checkpoint.pth"));

/** A pickle that calls `os.system` when it is loaded. */
const shellPickle = Buffer.from(`\x80\x02cos\nsystem\nX\x0b\0\0\0touch OWNEDq\0\x85q\x01Rq\x02.`, "latin1");

/** A model folder as the hub lays it out. */
async function modelFolder(name: string, weights: Uint8Array): Promise<string> {
  await mkdir(at(name));
  await writeFile(at(name, "config.json"), config);
  await writeFile(at(name, "model.safetensors"), weights);
  return at(name);
}

async function weightsFile(name: string, bytes: Uint8Array): Promise<string> {
  await writeFile(at(name), bytes);
  return at(name);
}

/** The stopgap network with one number replaced by NaN. */
function withNaN(): Uint8Array {
  const header = JSON.parse(stopgap.toString("utf8", 8, 8 + Number(stopgap.readBigUInt64LE(0))));
  const { dtype, data_offsets } = header["dec_norm.weight"];
  expect(dtype).toBe("F16");
  const bytes = Buffer.from(stopgap);
  bytes.writeUInt16LE(0x7e00, 8 + Number(stopgap.readBigUInt64LE(0)) + data_offsets[0]);
  return bytes;
}

/** The encoder and one decoder of the stopgap network, which is what CroCo's pre-training leaves. */
function withoutHeads(): Uint8Array {
  const path = resolve(MODELS, "stopgap/model.safetensors");
  const read = readGoldens(path);
  const kept = goldenNames(path).filter((name) => !/^(dec_blocks2|downstream_head)/.test(name));
  const tensors = kept.map((name) => {
    const { shape, data } = read(name);
    return [name, { dtype: "F32", shape, values: data }] as const;
  });
  return writeSafetensors(new Map(tensors));
}

test.concurrent.each([
  ["a name nobody knows", async () => "nobody", /model "nobody" was not found: .*stopgap.*hub id/],
  [
    "half a safetensors file",
    () => modelFolder("half", stopgap.subarray(0, 3e6)),
    /half.model\.safetensors: .*truncated/i,
  ],
  ["safetensors without a header", () => modelFolder("noise", Buffer.alloc(999, 0xff)), /noise.model\.safetensors: /],
  ["half a .pth", () => weightsFile("half.pth", torchFile.subarray(0, 7e5)), /half\.pth: /],
  [
    "a pickle that asks for a shell",
    () => weightsFile("shell.pth", zipSync({ "archive/data.pkl": shellPickle }, { level: 0 })),
    /shell\.pth: .*os\.system/,
  ],
  [
    "weights of CroCo pre-training",
    () => weightsFile("croco.safetensors", withoutHeads()),
    /croco\.safetensors: .*CroCo.*no pointmap head/,
  ],
  [
    "a NaN among the weights",
    () => modelFolder("nan", withNaN()),
    /nan gives NaN for photo\.jpg .* nothing was written/,
  ],
])("%s: says so, writes nothing", async (name, makeModel, message) => {
  const model = await makeModel();
  const result = await dust3r("reconstruct", photo, "-o", at(name), "--model", model, ...ON_CPU);
  expectUserError(result, message);
  expect(existsSync(at(name))).toBe(false);
});

test.concurrent("a device that this machine lacks is named, with what to do", async () => {
  const device = process.platform === "darwin" ? "cuda" : "coreml";
  const result = await dust3r("reconstruct", photo, "-o", at("device"), "--device", device);
  expectUserError(result, new RegExp(`device ${device} .*; auto picks one that works`));
  expect(existsSync(at("device"))).toBe(false);
});

test.concurrent("models list and info describe the embedded weights", async () => {
  expect(await dust3rOutput("models", "list")).toMatch(/^stopgap +3\.2 M parameters, .*, 64x48, Apache-2\.0$/m);
  const listed = JSON.parse(await dust3rOutput("models", "list", "--json"));
  const described = JSON.parse(await dust3rOutput("models", "info", "stopgap", "--json"));
  expect(listed.map(({ name }: { name: string }) => name)).toEqual(["small", "stopgap", "tiny"]);
  expect(listed).toContainEqual(described);
  expect(described).toMatchObject({
    name: "stopgap",
    byte_length: stopgap.length,
    dtypes: ["F16"],
    licence: "Apache-2.0",
  });
});

test.concurrent("models info opens a file in place and says what it assumes", async () => {
  const details = await dust3rOutput("models", "info", await weightsFile("tiny.pth", torchFile));
  expect(details).toMatch(/48 wide, 3 blocks, 2 heads, patches of 16x16/);
  expect(details).toMatch(/note +tensors it does not need: mask_token/);
  expectUserError(await dust3r("models", "info", at("absent.pth")), /absent\.pth" was not found/);
});
