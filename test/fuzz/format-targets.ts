import { readFileSync } from "node:fs";
import { deflateSync, gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { bytesInMemory } from "../../src/core/byte-source.ts";
import { parseCalibrationRows, parsePoseRows } from "../../src/formats/camera-matrices.ts";
import { encodeCameras, encodeImages, encodePoints } from "../../src/formats/colmap/binary-writer.ts";
import type { ColmapModel } from "../../src/formats/colmap/model.ts";
import { readCameras, readImages, readPoints } from "../../src/formats/colmap/read-model.ts";
import { formatCameras, formatImages, formatPoints } from "../../src/formats/colmap/text-writer.ts";
import { decodeExr } from "../../src/formats/exr.ts";
import { encodeExr } from "../../src/formats/exr-writer.ts";
import { decodeFloat3 } from "../../src/formats/float3.ts";
import { readHdf5Array } from "../../src/formats/hdf5.ts";
import { readJsonArray } from "../../src/formats/json-array.ts";
import { parseJsonText } from "../../src/formats/json-text.ts";
import { readMat5 } from "../../src/formats/mat5.ts";
import { parseMvsnetCamera, parseMvsnetPairs } from "../../src/formats/mvsnet.ts";
import { decodeNpy } from "../../src/formats/npy.ts";
import { decodeNpyTable } from "../../src/formats/npy-table.ts";
import { encodeNpy } from "../../src/formats/npy-writer.ts";
import { openNpz } from "../../src/formats/npz.ts";
import { decodePfm } from "../../src/formats/pfm.ts";
import { decodePlyMesh } from "../../src/formats/ply-mesh.ts";
import { encodePngChunk, PNG_SIGNATURE } from "../../src/formats/png-chunks.ts";
import { decodePng16, encodePng16 } from "../../src/formats/png16.ts";
import { parsePythonJson } from "../../src/formats/python-json.ts";
import { parseConstructorCall } from "../../src/formats/python-literal.ts";
import { readSafetensorsHeader } from "../../src/formats/safetensors.ts";
import { safetensorsHeader } from "../../src/formats/safetensors-writer.ts";
import { encodeTarEntry, listTar, TAR_END } from "../../src/formats/tar.ts";
import { readTensor } from "../../src/formats/tensor-entry.ts";
import { readTfRecords } from "../../src/formats/tfrecord.ts";
import { readTorchFile, type TorchTensor } from "../../src/formats/torch-file.ts";
import { readWaymoFrame } from "../../src/formats/waymo-frame.ts";
import { compressed, doubles, matFile, matrix } from "../mat-file.ts";
import { tfRecordFile } from "../tfrecord-file.ts";
import { drained, type FuzzTarget } from "./fuzz-target.ts";

const text = (content: string): Uint8Array => new Uint8Array(Buffer.from(content));
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const source = (bytes: Uint8Array) => bytesInMemory("file", bytes);
const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

const recordedArrays = readFileSync(new URL("../fixtures/arrays.npz", import.meta.url));
const gray = { width: 5, height: 4, data: Uint16Array.from({ length: 20 }, (_, i) => 3000 * i) };
const floats = Float32Array.from({ length: 24 }, (_, i) => i / 3);

const model: ColmapModel = {
  cameras: new Map([[1, { id: 1, model: "PINHOLE", width: 64, height: 48, params: [60, 60, 32, 24] }]]),
  images: [
    {
      id: 1,
      cameraId: 1,
      name: "a.jpg",
      quaternion: [1, 0, 0, 0],
      translation: [0, 0, 1],
      keypoints: Float64Array.of(1, 2, 3, 4),
      pointIds: Float64Array.of(7, -1),
    },
  ],
  points: {
    ids: Float64Array.of(7),
    positions: Float64Array.of(1, 2, 3),
    colors: Uint8Array.of(1, 2, 3),
    errors: Float64Array.of(0.5),
    trackStarts: Uint32Array.of(0, 1),
    tracks: Uint32Array.of(1, 0),
  },
};

/** By the names of the files in src/formats that they are for. */
export async function formatTargets(): Promise<Readonly<Record<string, FuzzTarget>>> {
  return {
    "camera-matrices": {
      files: [text("[[1,0,0,5],[0,1,0,6],[0,0,1,7],[0,0,0,1]]"), text("[[60,0,32],[0,60,24],[0,0,1]]")],
      read(bytes) {
        const rows = parseJsonText(textOf(bytes), "file");
        return (rows as unknown[])?.length === 3 ? parseCalibrationRows(rows, "file") : parsePoseRows(rows, "file");
      },
    },
    "colmap/binary (cameras)": colmap("cameras.bin", encodeCameras(model.cameras.values()), readCameras),
    "colmap/binary (images)": colmap("images.bin", encodeImages(model.images), readImages),
    "colmap/binary (points)": colmap("points3D.bin", encodePoints(model.points), readPoints),
    "colmap/text (cameras)": colmap("cameras.txt", text(formatCameras(model.cameras.values())), readCameras),
    "colmap/text (images)": colmap("images.txt", text(formatImages(model.images)), readImages),
    "colmap/text (points)": colmap("points3D.txt", text(formatPoints(model.points)), readPoints),
    exr: {
      files: [encodeExr({ width: 6, height: 4, channels: new Map([["Z", floats]]) })],
      read: (bytes) => decodeExr(bytes, "file"),
    },
    float3: {
      files: [
        text("float\n3\n2\n2\n3\n"),
        joined(text("float\n3\n2\n2\n3\n"), new Uint8Array(floats.slice(0, 12).buffer)),
      ],
      read: (bytes) => decodeFloat3(bytes, "file"),
    },
    hdf5: { files: [await hdf5File()], read: (bytes) => readHdf5Array(bytes, "depth", "file") },
    "json-array": {
      files: [text('[{"a": [1, 2], "b": "x\\"y"}, {"c": NaN}]'), gzipSync('[{"a": 1}, {"b": Infinity}]')],
      read: (bytes) => drained(readJsonArray(source(bytes))),
    },
    "json-text": {
      files: [text('{"a": [1, -2.5e3, {"b": "x\\"\\u00e4"}], "c": null}')],
      read: (bytes) => parseJsonText(textOf(bytes), "file"),
    },
    mat5: {
      files: [
        matFile(compressed(matrix("P", 6, [2, 2], doubles(1, 2, 3, 4)))),
        matFile(matrix("P", 6, [2, 2], doubles(1, 2, 3, 4)), matrix("name", 4, [1, 1], doubles(1))),
      ],
      read: (bytes) => readMat5(bytes, "file"),
    },
    "mat5 (compressed)": {
      files: [matrix("P", 6, [2, 2], doubles(1, 2, 3, 4))],
      read(bytes) {
        const [tag, packed] = [Buffer.alloc(8), deflateSync(bytes)];
        tag.writeUInt32LE(15, 0);
        tag.writeUInt32LE(packed.length, 4);
        return readMat5(matFile(Buffer.concat([tag, packed])), "file");
      },
    },
    "mvsnet (camera)": {
      files: [text("extrinsic\n1 0 0 1\n0 1 0 2\n0 0 1 3\n0 0 0 1\n\nintrinsic\n60 0 32\n0 60 24\n0 0 1\n\n0.5 0.1\n")],
      read: (bytes) => parseMvsnetCamera(textOf(bytes), "file"),
    },
    "mvsnet (pairs)": {
      files: [text("2\n0\n1 1 0.5\n1\n1 0 0.5\n")],
      read: (bytes) => parseMvsnetPairs(textOf(bytes), "file"),
    },
    npy: {
      files: [encodeNpy([2, 3, 4], floats), encodeNpy([3], ["größe", "a", ""]), encodeNpy([0, 3], new Float64Array(0))],
      read: (bytes) => decodeNpy(bytes, "file"),
    },
    "npy-table": {
      files: [
        joined(
          text("\u0000NUMPY\u0001\u0000\u0076\u0000").fill(0x93, 0, 1),
          text(
            "{'descr': [('a', '<i4'), ('b', '<U2'), ('c', '|u1')], 'fortran_order': False, 'shape': (2,), }".padEnd(
              118,
            ),
          ),
          new Uint8Array(26),
        ),
      ],
      read: (bytes) => decodeNpyTable(bytes, "file", ["a", "b"]),
    },
    npz: {
      files: [recordedArrays],
      async read(bytes) {
        const npz = await openNpz(bytes, "file");
        for (const name of npz.names.slice(0, 20)) npz.read(name);
      },
    },
    pfm: {
      files: [joined(text("Pf\n6 4\n-1.0\n"), new Uint8Array(floats.buffer))],
      read: (bytes) => decodePfm(bytes, "file"),
    },
    "ply-mesh": { files: [plyFile()], read: (bytes) => decodePlyMesh(bytes, "file") },
    png16: { files: [await encodePng16(gray)], read: (bytes) => decodePng16(bytes, "file"), repair: repairPng },
    "png16 (unpacked)": {
      files: [Uint8Array.from({ length: 44 }, (_, i) => (i % 11 === 0 ? (i / 11) % 5 : i))],
      read: (bytes) => decodePng16(pngOf(bytes), "file"),
    },
    "python-json": {
      files: [text('{"a": [NaN, -Infinity, "NaN\\"", 1], "b": {"c": []}}')],
      read: (bytes) => parsePythonJson("file", textOf(bytes)),
    },
    "python-literal": {
      files: [text("Net(img_size=(512, 512), depth_mode=('exp', -inf, inf), head_type='dpt', a=None)")],
      read: (bytes) => parseConstructorCall("file", textOf(bytes)),
    },
    safetensors: {
      files: [
        joined(
          safetensorsHeader(
            new Map([
              ["a", { dtype: "F16", shape: [2, 3] }],
              ["b", { dtype: "I64", shape: [1] }],
            ]),
            { c: "d" },
          ),
          new Uint8Array(20),
        ),
      ],
      async read(bytes) {
        const { tensors } = await readSafetensorsHeader(source(bytes));
        for (const entry of tensors.values()) await readTensor(source(bytes), entry);
      },
    },
    tar: {
      files: [
        joined(
          encodeTarEntry({ name: "a.json", bytes: text("{}") }),
          encodeTarEntry({ name: "b", bytes: text("b") }),
          TAR_END,
        ),
      ],
      read: (bytes) => drained(listTar(source(bytes))),
    },
    tfrecord: {
      files: [tfRecordFile([text("first"), text("second")])],
      read: (bytes) => drained(readTfRecords(source(bytes))),
    },
    "torch-file": {
      files: [torchFile(TORCH_PICKLE)],
      read: readTorch,
    },
    "torch-file (pickle)": {
      files: [TORCH_PICKLE],
      read: (bytes) => readTorch(torchFile(bytes)),
    },
    "waymo-frame": { files: [waymoFrame()], read: (bytes) => readWaymoFrame(bytes, "file") },
  };
}

function colmap(
  path: string,
  file: Uint8Array,
  read: (file: { readonly path: string; readonly bytes: Uint8Array }) => unknown,
): FuzzTarget {
  return { files: [file], read: (bytes) => read({ path, bytes }) };
}

async function hdf5File(): Promise<Uint8Array> {
  const { File, ready } = await import("h5wasm");
  const { FS } = await ready;
  const file = new File("/seed.h5", "w");
  file.create_dataset({ name: "depth", data: floats, shape: [4, 6], chunks: [2, 3], compression: 4 });
  file.close();
  const bytes = new Uint8Array(FS.readFile("/seed.h5"));
  FS.unlink("/seed.h5");
  return bytes;
}

function plyFile(): Uint8Array {
  const properties = ["x", "y", "z"].map((axis) => `property float ${axis}`).join("\n");
  const faces = "element face 1\nproperty list uchar int vertex_indices\nproperty uchar red";
  const header = `ply\nformat binary_little_endian 1.0\nelement vertex 3\n${properties}\n${faces}\nend_header\n`;
  const corners = new Uint8Array(Int32Array.of(0, 1, 2).buffer);
  return joined(text(header), new Uint8Array(floats.slice(0, 9).buffer), Uint8Array.of(3), corners, Uint8Array.of(9));
}

/** A picture whose rows are these bytes. */
function pngOf(rows: Uint8Array): Uint8Array {
  const content = Uint8Array.of(0, 0, 0, 5, 0, 0, 0, 4, 16, 0, 0, 0, 0);
  return joined(
    PNG_SIGNATURE,
    encodePngChunk({ type: "IHDR", content }),
    encodePngChunk({ type: "IDAT", content: deflateSync(rows) }),
    encodePngChunk({ type: "IEND", content: new Uint8Array(0) }),
  );
}

/** Checksums of all the chunks that can still be told apart. */
export function repairPng(bytes: Uint8Array): Uint8Array {
  const repaired = bytes.slice();
  const view = new DataView(repaired.buffer);
  for (let at = 8; at + 12 <= repaired.length; ) {
    const length = view.getUint32(at);
    if (at + 12 + length > repaired.length) break;
    const type = String.fromCharCode(...repaired.subarray(at + 4, at + 8));
    const content = repaired.slice(at + 8, at + 8 + length);
    repaired.set(encodePngChunk({ type, content }), at);
    at += 12 + length;
  }
  return repaired;
}

/** A state dictionary with one tensor of float32, as `torch.save` pickles it. */
const TORCH_PICKLE = Uint8Array.from(
  "\x80\x02}q\x00(U\x05modelccollections\nOrderedDict\n)R(U\x01actorch._utils\n_rebuild_tensor_v2\n" +
    "((U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuK\x06tQK\x00K\x02K\x03\x86K\x03K\x01\x86\x89)tRuU\x05epochK\x07u.",
  (character) => character.charCodeAt(0),
);

function torchFile(pickle: Uint8Array): Uint8Array {
  const numbers = new Uint8Array(floats.slice(0, 6).buffer);
  return zipSync({ "m/data.pkl": pickle, "m/byteorder": text("little"), "m/data/0": numbers }, { level: 0 });
}

async function readTorch(bytes: Uint8Array): Promise<void> {
  const { root, locate } = await readTorchFile(source(bytes));
  const weights = root instanceof Map ? root.get("model") : undefined;
  if (!(weights instanceof Map)) return;
  for (const [name, tensor] of weights) {
    if (tensor !== null && typeof tensor === "object" && "storage" in tensor) {
      await readTensor(source(bytes), await locate(String(name), tensor as TorchTensor));
    }
  }
}

/** A frame with a photo and a scan of two by two. */
function waymoFrame(): Uint8Array {
  const identity = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
  const packed = (...values: readonly number[]) => new Uint8Array(Float64Array.from(values).buffer);
  const transform = message(1, packed(...identity));
  const matrixOf = (shape: readonly number[], data: Uint8Array) =>
    deflateSync(joined(message(1, data), message(2, joined(...shape.map((size) => integer(1, size))))));
  const ranges = matrixOf([2, 2, 4], new Uint8Array(floats.slice(0, 16).buffer));
  const scan = joined(message(2, ranges), message(3, matrixOf([2, 2, 6], new Uint8Array(24).fill(1))));
  const sizes = joined(integer(4, 64), integer(5, 48));
  const camera = joined(integer(1, 1), message(2, packed(60, 60, 32, 24, 0, 0, 0, 0, 0)), message(3, transform), sizes);
  const laser = joined(integer(1, 1), message(2, packed(-0.1, 0.1)), message(5, transform));
  return joined(
    message(1, joined(message(1, text("drive")), message(2, camera), message(3, laser))),
    message(3, transform),
    message(4, joined(integer(1, 1), message(2, text("a photo")), message(3, transform))),
    message(5, joined(integer(1, 1), message(2, scan))),
  );
}

function message(field: number, content: Uint8Array): Uint8Array {
  return joined(Uint8Array.from([field * 8 + 2, ...varint(content.length)]), content);
}

function integer(field: number, value: number): Uint8Array {
  return Uint8Array.from([field * 8, ...varint(value)]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [128 + (value % 128), ...varint(Math.floor(value / 128))];
}
