import fc from "fast-check";
import { zlibSync } from "fflate";
import { FloatType } from "three";
import { EXRLoader } from "three/addons/loaders/EXRLoader.js";
import { describe, expect, test } from "vitest";
import { FormatError } from "../core/errors.ts";
import { decodeExr, type ExrImage } from "./exr.ts";
import { encodeExr } from "./exr-writer.ts";
import { narrowToHalf } from "./float16.ts";

function picture(width: number, height: number, names: readonly string[]): ExrImage {
  const plane = (k: number) => Float32Array.from({ length: width * height }, (_, i) => Math.sin(i * (k + 1)) * 100);
  return { width, height, channels: new Map(names.map((name, k) => [name, plane(k)])) };
}

test("what is written is what is read, whatever the values", () => {
  const image = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 40 })).chain(([width, height]) => {
    const length = width * height;
    const plane = fc.float32Array({ minLength: length, maxLength: length });
    return fc.tuple(plane, plane).map(
      ([Z, A]): ExrImage => ({
        width,
        height,
        channels: new Map([
          ["A", A],
          ["Z", Z],
        ]),
      }),
    );
  });
  fc.assert(
    fc.property(image, (expected) => {
      expect(decodeExr(encodeExr(expected), "a.exr")).toEqual(expected);
    }),
  );
});

test("three.js reads what we write", () => {
  const { width, height, channels } = picture(13, 37, ["G", "B", "R"]);
  const bytes = encodeExr({ width, height, channels });
  const loaded = new EXRLoader().setDataType(FloatType).parse(bytes.slice().buffer as ArrayBuffer) as {
    width: number;
    height: number;
    data: Float32Array;
  };
  expect(loaded).toMatchObject({ width, height });
  const stride = loaded.data.length / (width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // Its rows run from the bottom up.
      const at = stride * ((height - 1 - y) * width + x);
      for (const [k, name] of ["R", "G", "B"].entries())
        expect(loaded.data[at + k]).toBe(channels.get(name)![y * width + x]);
    }
  }
});

test("smooth depth becomes small", () => {
  const Z = Float32Array.from({ length: 200 * 100 }, (_, i) => 2 + (i % 200) / 256);
  expect(encodeExr({ width: 200, height: 100, channels: new Map([["Z", Z]]) }).length).toBeLessThan(0.1 * Z.byteLength);
});

/** A file of two halves a row in three rows, from row 5 on, made by hand from the specification. */
function handmade(
  compression: number,
  ...changes: readonly (readonly [at: string, bytes: readonly number[]])[]
): Uint8Array {
  const rows = [0, 1, 2].map((y) => new Uint8Array(narrowToHalf([y + 0.5, -y]).buffer));
  const int = (...values: number[]) => [...new Uint8Array(Int32Array.from(values).buffer)];
  const text = (value: string) => [...new TextEncoder().encode(`${value}\0`)];
  const pieces: Record<string, number[]> = {
    magic: int(20000630),
    version: int(2),
    channels: [...text("channels"), ...text("chlist"), ...int(19), ...text("Z"), ...int(1, 0, 1, 1), 0],
    compression: [...text("compression"), ...text("compression"), ...int(1), compression],
    window: [...text("dataWindow"), ...text("box2i"), ...int(16), ...int(3, 5, 4, 7)],
    end: [0],
    offsets: new Array(24).fill(0),
  };
  for (const [y, row] of rows.entries()) pieces[`row${y}`] = [...int(5 + y, row.length), ...row];
  for (const [at, bytes] of changes) pieces[at] = [...bytes];
  return Uint8Array.from(Object.values(pieces).flat());
}

describe("a picture made by hand", () => {
  const expected = { width: 2, height: 3, channels: new Map([["Z", Float32Array.of(0.5, -0, 1.5, -1, 2.5, -2)]]) };

  test("is read uncompressed, and where compression would not have made it smaller", () => {
    expect(decodeExr(handmade(0), "a.exr")).toEqual(expected);
    expect(decodeExr(handmade(2), "a.exr")).toEqual(expected);
  });

  test.each([
    ["something else", handmade(0, ["magic", [1, 2, 3, 4]]), "a.exr: not an OpenEXR file (at byte 0)"],
    ["tiles", handmade(0, ["version", [2, 2, 0, 0]]), "holds tiles"],
    ["PIZ", handmade(4), "its compression is PIZ; NONE, ZIPS or ZIP is expected"],
    ["a missing window", handmade(0, ["window", []]), "its header has no dataWindow"],
    ["a row that is none", handmade(0, ["row1", [99, 0, 0, 0, 4, 0, 0, 0, 1, 1, 1, 1]]), "no block starts in row 94"],
    [
      "a block that is not deflate",
      handmade(2, ["row1", [6, 0, 0, 0, 3, 0, 0, 0, 9, 9, 9]]),
      "a.exr: its compressed data is damaged",
    ],
    [
      "a block of too little",
      handmade(2, ["row1", [6, 0, 0, 0, 9, 0, 0, 0, ...zlibSync(Uint8Array.of(7))]]),
      "a.exr: its compressed data is damaged",
    ],
  ])("with %s is refused", (_, bytes, message) => {
    expect(() => decodeExr(bytes, "a.exr")).toThrow(FormatError);
    expect(() => decodeExr(bytes, "a.exr")).toThrow(message);
  });

  test("cut off anywhere is refused, and a claim of many pixels too", () => {
    const whole = handmade(0);
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeExr(whole.subarray(0, length), "a.exr")).toThrow(FormatError);
    }
    const window = handmade(0).slice();
    const at = [...whole.keys()].find((i) => whole[i] === 3 && whole[i + 4] === 5 && whole[i + 8] === 4)!;
    new DataView(window.buffer).setInt32(at + 8, 2_000_000_000, true);
    expect(() => decodeExr(window, "a.exr")).toThrow(/claims \d+x3 pixels/);
  });
});
