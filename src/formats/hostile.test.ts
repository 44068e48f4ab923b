import { execFileSync } from "node:child_process";
import { deflateSync, gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { doubles, element, matFile, matrix } from "../../test/mat-file.ts";
import { bytesInMemory } from "../core/byte-source.ts";
import { FormatError } from "../core/errors.ts";
import { readHdf5Array } from "./hdf5.ts";
import { readJsonArray } from "./json-array.ts";
import { parseJsonText } from "./json-text.ts";
import { readMat5 } from "./mat5.ts";
import { decodeNpy } from "./npy.ts";
import { decodeNpyTable } from "./npy-table.ts";
import { readPickle } from "./pickle.ts";
import { decodePlyMesh } from "./ply-mesh.ts";
import { readProtobuf } from "./protobuf-fields.ts";
import { parsePythonJson } from "./python-json.ts";
import { parseConstructorCall } from "./python-literal.ts";
import { readSafetensorsHeader } from "./safetensors.ts";
import { readTorchFile } from "./torch-file.ts";

/** Nothing here is worth more of a processor's time, and more memory, than this. */
const MOST_MS = 3000;
const MOST_BYTES = 9e7;

/** Runs a reader on what it must refuse: with a `FormatError`, at once, in little memory. */
async function refuse(read: () => unknown, message: string | RegExp): Promise<void> {
  const before = process.memoryUsage();
  const start = process.cpuUsage();
  const error = await (async () => await read())().catch((thrown: unknown) => thrown);
  const after = process.memoryUsage();
  expect(error).toBeInstanceOf(FormatError);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message.length).toBeLessThan(500);
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1000).toBeLessThan(MOST_MS);
  expect(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(MOST_BYTES);
}

function npy(descr: string, shape: string, body: Uint8Array = new Uint8Array(0)): Uint8Array {
  const header = Buffer.from(`{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`);
  const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, 0, 0, 0, 0]);
  start.writeUInt32LE(header.length, 8);
  return Buffer.concat([start, header, body]);
}

function ply(elements: string, body: Uint8Array = new Uint8Array(0)): Uint8Array {
  return Buffer.concat([Buffer.from(`ply\nformat binary_little_endian 1.0\n${elements}\nend_header\n`), body]);
}

function safetensors(header: Uint8Array, rest: number): ReturnType<typeof bytesInMemory> {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return bytesInMemory("a.safetensors", Buffer.concat([length, header, Buffer.alloc(rest)]));
}

const NO_VOCABULARY = { globals: new Map(), persistentLoad: () => null, setState() {} };
const VERTEX = "element vertex 1\nproperty float x\nproperty float y\nproperty float z";
const CORNERS = "property list uchar int vertex_indices";
const DEEP = "[".repeat(100_000) + "]".repeat(100_000);

test.each([
  ["a matrix of one number", [1, 1], /P is \[1,1\], and claims 1000000\d+ bytes/],
  ["a matrix that is as large as it says", [2 ** 29, 2 ** 29], /cannot be|is \[/],
])("mat5: compressed data larger than its header promises: %s", async (_, shape, message) => {
  const bomb = matrix("P", 6, shape, element(9, Buffer.alloc(1e8)));
  const packed = deflateSync(bomb);
  await refuse(() => readMat5(matFile(tagged(packed)), "a.mat"), message);
});

function tagged(packed: Buffer): Buffer {
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(15, 0);
  tag.writeUInt32LE(packed.length, 4);
  return Buffer.concat([tag, packed]);
}

test("mat5: what is not numeric is never unpacked", () => {
  const text = deflateSync(matrix("text", 4, [1, 1], element(4, Buffer.alloc(1e8))));
  const before = process.memoryUsage().arrayBuffers;
  expect([...readMat5(matFile(tagged(text), matrix("P", 6, [1, 1], doubles(1))), "a.mat").keys()]).toEqual(["P"]);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MOST_BYTES);
});

test("gzip: a list of annotations that unpacks to far more than such lists do", async () => {
  const bomb = bytesInMemory("a.jgz", gzipSync(`[${" ".repeat(1e8)}]`));
  await refuse(() => readJsonArray(bomb).next(), /unpacks to more than \d+ times its size/);
});

test.each([
  ["npy: strings without characters", "'<U0'", "(100000000,)", "100000000 strings without a character"],
  ["npy: empty rows without end", "'<f8'", "(1000000000, 0)", "an array cannot be [1000000000,0]"],
  ["npy: a hundred thousand axes", "'<f8'", `(${"1, ".repeat(100_000)})`, "its header claims"],
  ["npy: more axes than NumPy has", "'|u1'", `(${"1, ".repeat(100)})`, "an array cannot be 100 axes"],
  ["npy: strings of no bytes at all", "'|S0'", "(99999999,)", "99999999 strings without a character"],
])("%s", async (_, descr, shape, message) => {
  await refuse(() => decodeNpy(npy(descr, shape, Uint8Array.of(1)), "a.npy"), escaped(message));
});

test("npy: characters that do not exist, and strings too long for a call's arguments", async () => {
  const wrong = npy("'<U1'", "(1,)", new Uint8Array(Uint32Array.of(0x110000).buffer));
  await refuse(() => decodeNpy(wrong, "a.npy"), /has a character 1114112/);
  const long = npy("'<U1000000'", "(1,)", new Uint8Array(new Uint32Array(1e6).fill(97).buffer));
  expect(decodeNpy(long, "a.npy").data).toEqual(["a".repeat(1e6)]);
});

test("npy: records with fields of no bytes", async () => {
  const table = npy("[('a', '|u1'), ('b', '<U0')]", "(3,)", Uint8Array.of(1, 2, 3));
  await refuse(() => decodeNpyTable(table, "a.npy", []), /b: holds 3 strings without a character/);
});

test.each([
  ["faces without properties", `${VERTEX}\nelement face 1000000000`, "its faces have no list vertex_indices"],
  ["corners that are no list", `${VERTEX}\nelement face 9\nproperty int vertex_indices`, "have no list vertex_indices"],
  ["half a face", `${VERTEX}\nelement face 0.5\n${CORNERS}`, "a count in its header is no whole number"],
  ["fewer faces than none", `${VERTEX}\nelement face -1\n${CORNERS}`, "a count in its header is no whole number"],
  ["more faces than bytes", `${VERTEX}\nelement face 1000000000\n${CORNERS}`, "it is cut off: 1000000000 bytes"],
])("ply: %s", async (_, elements, message) => {
  await refuse(() => decodePlyMesh(ply(elements, new Uint8Array(32)), "a.ply"), message);
});

test.each([
  ["JSON", (text: string) => parseJsonText(text, "a.json"), /line 1: not JSON \(more than 100 lists and objects/],
  ["Python's JSON", (text: string) => parsePythonJson("a.json", text), "not valid JSON"],
  ["a description of a model", (text: string) => parseConstructorCall("a.pth", `Net(a=${text})`), "cannot understand"],
  [
    "a safetensors header",
    (text: string) => readSafetensorsHeader(safetensors(Buffer.from(`{"a":{"dtype":${text}}}`), 0)),
    "its header is not JSON",
  ],
])("100,000 levels of %s", async (_, parse, message) => {
  await refuse(() => parse(DEEP), message);
});

test.each([
  ["no end", `"${'\\"'.repeat(1e6)}`],
  ["a backslash as its end", `"${'\\"'.repeat(1e6)}\\`],
  ["a lot in it before the mistake", `["${'\\"'.repeat(4e6)}", x]`],
])("JSON: a long string with %s", async (_, text) => {
  await refuse(() => parseJsonText(text, "a.json"), "line 1: not JSON");
  await refuse(() => parsePythonJson("a.json", text), "not valid JSON");
});

test("safetensors: a header of 73 MB", async () => {
  const spaces = Buffer.alloc(73e6, " ");
  spaces.write("{}");
  await refuse(() => readSafetensorsHeader(safetensors(spaces, 0)), "its header claims 73000000 bytes");
  const short = spaces.subarray(0, 2e7);
  await refuse(() => readSafetensorsHeader(safetensors(short, 1000)), "more than the tensors that it describes");
});

test("pickle: keys that are tuples of tuples, each the same one twice", async () => {
  // EMPTY_DICT, EMPTY_TUPLE, 40 times (DUP, TUPLE2), NONE, SETITEM, STOP
  const doubled = [0x80, 2, 0x7d, 0x29, ...Array.from({ length: 40 }, () => [0x32, 0x86]).flat(), 0x4e, 0x73, 0x2e];
  await refuse(
    () => readPickle("a.pth", Uint8Array.from(doubled), NO_VOCABULARY),
    "a key that is no text and no number",
  );
  const deep = [0x80, 2, 0x7d, 0x29, ...new Array(100_000).fill(0x85), 0x4e, 0x73, 0x2e];
  await refuse(() => readPickle("a.pth", Uint8Array.from(deep), NO_VOCABULARY), "a key that is no text and no number");
});

test("pickle: 8 MB of MEMOIZE", async () => {
  const pickle = new Uint8Array(2 ** 23).fill(0x94);
  pickle.set([0x80, 4, 0x4e]);
  const archive = zipSync({ "m/data.pkl": pickle }, { level: 0 });
  await refuse(() => readTorchFile(bytesInMemory("a.pth", archive)), "keeps over 400000 values");
});

test("protobuf: doubles and messages that are cut off", async () => {
  const doublesOf = (bytes: readonly number[]) => readProtobuf(Uint8Array.from(bytes), "a.tfrecord").doubles(1);
  await refuse(() => doublesOf([0x0a, 3, 1, 2, 3]), "a list of doubles in it is cut off");
  await refuse(() => doublesOf([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1]), "a message in it is damaged");
  await refuse(() => doublesOf([0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f, 1]), "a message in it is damaged");
});

test("HDF5: an array that claims more than the file can hold", async () => {
  const { File, ready } = await import("h5wasm");
  const { FS } = await ready;
  const file = new File("/claims.h5", "w");
  file.create_dataset({
    name: "depth",
    data: new Float32Array(4),
    shape: [2, 2],
    maxshape: [null, null] as unknown as number[],
    chunks: [2, 2],
  });
  const dataset = file.get("depth") as unknown as { resize(shape: number[]): void };
  dataset.resize([30_000, 30_000]);
  file.close();
  const bytes = FS.readFile("/claims.h5");
  FS.unlink("/claims.h5");
  await refuse(() => readHdf5Array(bytes, "depth", "a.h5"), /depth claims to be \[30000,30000\]/);
});

/** An HDF5 file whose one chunk unpacks to 100 MB and is said to hold 100 bytes; written by another process, whose memory grows. */
function lyingChunk(): Uint8Array {
  const [rows, columns] = [9973, 9967];
  const program = `
    import { File, ready } from "h5wasm";
    const { FS } = await ready;
    const file = new File("/bomb.h5", "w", { libver: ["earliest", "v200"] });
    const shape = [${rows}, ${columns}];
    file.create_dataset({ name: "depth", data: new Uint8Array(shape[0] * shape[1]), shape, chunks: shape, compression: 9 });
    file.close();
    process.stdout.write(FS.readFile("/bomb.h5"));`;
  const bytes = execFileSync(process.execPath, ["--input-type=module", "-e", program], { maxBuffer: 1e6 });
  expect(bytes.length).toBeGreaterThan(90_000);
  for (let at = 0; at + 4 <= bytes.length; at++)
    if ([rows, columns].includes(bytes.readUInt32LE(at))) bytes.writeUInt32LE(10, at);
  return bytes;
}

test("HDF5: a chunk that unpacks to more than the array claims", async () => {
  const bytes = lyingChunk();
  const { ready } = await import("h5wasm");
  const { HEAPU8 } = (await ready) as unknown as { readonly HEAPU8: Uint8Array };
  const before = HEAPU8.length;
  await refuse(() => readHdf5Array(bytes, "depth", "a.h5"), /a\.h5: not an HDF5 file, or a damaged one/);
  const { HEAPU8: after } = (await ready) as unknown as { readonly HEAPU8: Uint8Array };
  expect(after.length - before).toBeLessThan(5e7);
});

test("HDF5: chunks far larger than their array", async () => {
  const { File, ready } = await import("h5wasm");
  const { FS } = await ready;
  const file = new File("/chunks.h5", "w");
  const maxshape = [null, null] as unknown as number[];
  file.create_dataset({ name: "depth", data: new Float32Array(4), shape: [2, 2], maxshape, chunks: [2100, 2100] });
  file.close();
  const bytes = FS.readFile("/chunks.h5");
  FS.unlink("/chunks.h5");
  await refuse(
    () => readHdf5Array(bytes, "depth", "a.h5"),
    /depth of \[2,2\] claims to be stored in chunks of \[2100,2100\]/,
  );
});

function escaped(text: string): RegExp {
  return new RegExp(text.replaceAll(/[[\]().]/g, "\\$&"));
}
