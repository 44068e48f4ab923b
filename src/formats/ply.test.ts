import { PLYLoader } from "three/addons/loaders/PLYLoader.js";
import { expect, test } from "vitest";
import { encodePly } from "./ply.ts";

const positions = Float32Array.of(1, -2, 3.5, 0, 1e-8, -1e8);
const colors = Uint8Array.of(255, 0, 128, 3, 2, 1);
const confidence = Float32Array.of(1.25, 30);

const bytes = encodePly(
  [
    { names: ["x", "y", "z"], values: positions },
    { names: ["red", "green", "blue"], values: colors },
    { names: ["confidence"], values: confidence },
  ],
  ["two\nlines"],
);

test("the header says what follows, byte for byte", () => {
  const text = new TextDecoder("latin1").decode(bytes);
  const header = text.slice(0, text.indexOf("end_header\n") + 11);
  expect(header.split("\n")).toEqual([
    "ply",
    "format binary_little_endian 1.0",
    "comment two lines",
    "element vertex 2",
    ...["x", "y", "z"].map((name) => `property float ${name}`),
    ...["red", "green", "blue"].map((name) => `property uchar ${name}`),
    "property float confidence",
    "end_header",
    "",
  ]);
  const view = new DataView(bytes.buffer, header.length);
  expect(view.byteLength).toBe(2 * 19);
  for (const vertex of [0, 1]) {
    const at = 19 * vertex;
    for (const k of [0, 1, 2]) {
      expect(view.getFloat32(at + 4 * k, true)).toBe(positions[3 * vertex + k]);
      expect(view.getUint8(at + 12 + k)).toBe(colors[3 * vertex + k]);
    }
    expect(view.getFloat32(at + 15, true)).toBe(confidence[vertex]);
  }
});

test("three.js reads the points", () => {
  const geometry = new PLYLoader().parse(bytes.slice().buffer);
  expect(geometry.getAttribute("position").array).toEqual(positions);
});

test("arrays of unequal length are refused", () => {
  const other = { names: ["confidence"], values: new Float32Array(3) };
  expect(() => encodePly([{ names: ["x", "y", "z"], values: positions }, other])).toThrow(
    "expected 2 x 1 values, found 3",
  );
});
