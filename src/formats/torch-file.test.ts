import { readFileSync } from "node:fs";
import fc from "fast-check";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { bytesInMemory } from "../core/byte-source.ts";
import { FormatError } from "../core/errors.ts";
import { readSafetensorsHeader } from "./safetensors.ts";
import { readTensor } from "./tensor-entry.ts";
import { readTorchFile, type TorchNamespace, TorchTensor } from "./torch-file.ts";

const fixture = (name: string): Uint8Array => readFileSync(new URL(`../../test/fixtures/${name}`, import.meta.url));
const TINY = fixture("tiny_linear_checkpoint.pth");

/** One character per byte. */
const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** What `torch.save` makes of a pickle and its storages. */
function torchFile(pickle: string, members: Record<string, Uint8Array> = {}): Uint8Array {
  const entries = Object.entries(members).map(([name, content]) => [`m/${name}`, content]);
  return zipSync({ "m/data.pkl": bytes(pickle), ...Object.fromEntries(entries) }, { level: 0 });
}

/** The pickle of one tensor: float32 values of storage 0, with this offset, shape and stride. */
function tensorPickle(offset: string, shape: string, stride: string): string {
  return `ctorch._utils\n_rebuild_tensor_v2\n((U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuK\x06tQ${offset}${shape}${stride}\x89)tR.`;
}

async function open(file: Uint8Array) {
  const source = bytesInMemory("m.pth", file);
  return { source, ...(await readTorchFile(source)) };
}

test("a real checkpoint holds what its safetensors twin holds, tensor for tensor", async () => {
  const { source, root, locate } = await open(TINY);
  const checkpoint = root as Map<string, unknown>;
  expect([...checkpoint.keys()]).toEqual(["args", "model", "epoch", "best_so_far"]);
  expect(checkpoint.get("epoch")).toBe(99);
  expect(checkpoint.get("best_so_far")).toBe(0.1234);
  const args = (checkpoint.get("args") as TorchNamespace).attributes;
  expect(args.get("model")).toMatch(/^AsymmetricCroCo3DStereo\(pos_embed='RoPE100'/);
  expect(args.get("weight_decay")).toBe(0.05);

  const twin = bytesInMemory("twin", fixture("tiny_linear_weights.safetensors"));
  const { tensors } = await readSafetensorsHeader(twin);
  const model = checkpoint.get("model") as Map<string, TorchTensor>;
  expect([...model.keys()].sort()).toEqual([...tensors.keys()].sort());
  for (const [name, expected] of tensors) {
    const entry = await locate(name, model.get(name)!);
    expect(entry).toMatchObject({ dtype: expected.dtype, shape: expected.shape, byteLength: expected.byteLength });
    const [values, twinValues] = await Promise.all([readTensor(source, entry), readTensor(twin, expected)]);
    expect(values).toHaveLength(twinValues.length);
    expect(values.findIndex((value, index) => value !== twinValues[index])).toBe(-1);
  }
});

test("a tensor may be any contiguous part of a storage", async () => {
  const values = Float32Array.of(0, 1, 2, 3, 4, 5);
  const data = { "data/0": new Uint8Array(values.buffer) };
  const read = async (offset: string, shape: string, stride: string) => {
    const { source, root, locate } = await open(torchFile(tensorPickle(offset, shape, stride), data));
    return readTensor(source, await locate("t", root as TorchTensor));
  };
  expect(await read("K\x02", "K\x02K\x02\x86", "K\x02K\x01\x86")).toEqual(Float32Array.of(2, 3, 4, 5));
  expect(await read("K\x05", "K\x01K\x01\x86", "K\x63K\x07\x86")).toEqual(Float32Array.of(5));
  expect(await read("K\x00", "K\x00\x85", "K\x01\x85")).toEqual(new Float32Array(0));
  await expect(read("K\x00", "K\x02K\x03\x86", "K\x01K\x02\x86")).rejects.toThrow("m.pth: tensor t is not contiguous");
  await expect(read("K\x04", "K\x03\x85", "K\x01\x85")).rejects.toThrow(
    "tensor t ends at byte 28 of data/0, which has 24",
  );
});

describe("refused", () => {
  const good = tensorPickle("K\x00", "K\x01\x85", "K\x01\x85");
  const cases: Record<string, [file: Uint8Array, message: RegExp]> = {
    "a pickle that asks for a command": [
      torchFile("cposix\nsystem\n(U\x02lstR."),
      /asks for posix\.system, which is refused/,
    ],
    "a pickle that asks for a whole network": [torchFile("cdust3r.model\nNet\n)R."), /asks for dust3r\.model\.Net/],
    "an archive without a pickle": [zipSync({ "m/other": bytes("x") }), /without data\.pkl/],
    "a compressed pickle": [zipSync({ "m/data.pkl": new Uint8Array(999) }), /m\/data\.pkl is compressed/],
    "big-endian numbers": [torchFile(good, { byteorder: bytes("big") }), /not little-endian/],
    "a persistent id of another kind": [torchFile("U\x06moduleQ."), /not a tensor's storage/],
    "a storage type as a text": [torchFile("(U\x07storageU\x04evilU\x010tQ."), /not a tensor's storage/],
    "a tensor without a storage": [torchFile("ctorch._utils\n_rebuild_tensor_v2\n(NK\x00))tR."), /describes a tensor/],
    "a tensor with a negative size": [
      torchFile(tensorPickle("K\x00", "J\xff\xff\xff\xff\x85", "K\x01\x85")),
      /describes a tensor/,
    ],
    "a tensor with a thousand axes": [
      torchFile(tensorPickle("K\x00", `(${"K\x01".repeat(1000)}t`, "K\x01\x85")),
      /describes a tensor/,
    ],
    "a filled OrderedDict": [torchFile("ccollections\nOrderedDict\n(]tR."), /fills an OrderedDict/],
    "a state for a tensor": [torchFile(good.replace(/\.$/, "}b.")), /has none/],
    "a truncated archive": [TINY.subarray(0, 100_000), /truncated/],
  };
  test.each(Object.entries(cases))("%s", async (_name, [file, message]) => {
    const error = await open(file).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(FormatError);
    expect((error as FormatError).message).toMatch(message);
  });

  test("a missing storage, when the tensor is asked for", async () => {
    const { root, locate } = await open(torchFile(good));
    await expect(locate("enc_norm.bias", root as TorchTensor)).rejects.toThrow(
      /tensor enc_norm\.bias .* data\/0, which the archive lacks/,
    );
  });
});

test("a damaged byte is harmless or a FormatError", async () => {
  const damaged = TINY.slice();
  const source = bytesInMemory("m.pth", damaged);
  // The pickle at the front and the directory at the end; what lies between are numbers.
  const place = fc.oneof(fc.nat({ max: 39_900 }), fc.integer({ min: TINY.length - 31_000, max: TINY.length - 1 }));
  await fc.assert(
    fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (index, change) => {
      damaged[index]! ^= change;
      try {
        const { root, locate } = await readTorchFile(source);
        const model = root instanceof Map ? root.get("model") : undefined;
        if (!(model instanceof Map)) return;
        for (const [name, value] of model) if (value instanceof TorchTensor) await locate(String(name), value);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      } finally {
        damaged[index]! ^= change;
      }
    }),
    { numRuns: 300 },
  );
});
