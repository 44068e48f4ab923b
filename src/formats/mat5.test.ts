import { describe, expect, test } from "vitest";
import { compressed, doubles, element, matFile, matrix, smallElement } from "../../test/mat-file.ts";
import { readMat5, requireArray } from "./mat5.ts";

describe("MAT-files of version 5", () => {
  test("doubles, bytes for small doubles, logical volumes, singles; compressed or not", () => {
    const file = matFile(
      matrix("P", 6, [1, 4], doubles(0.5, -2, 3, 1e9)),
      compressed(matrix("Res", 6, [1, 1], smallElement(2, Buffer.of(7)))),
      compressed(matrix("ObsMask", 9, [2, 1, 3], element(2, Buffer.of(0, 1, 1, 0, 0, 1)))),
      matrix("XYZcut", 7, [1, 3], element(7, Buffer.from(Float32Array.of(1.5, 2.5, -1).buffer))),
      matrix("BB", 6, [2, 2], element(3, Buffer.from(Int16Array.of(-70, 400, 5, 6).buffer))),
    );
    const arrays = readMat5(file, "x.mat");
    const found = Object.fromEntries([...arrays].map(([name, { shape, data }]) => [name, { shape, data: [...data] }]));
    expect(found).toEqual({
      P: { shape: [1, 4], data: [0.5, -2, 3, 1e9] },
      Res: { shape: [1, 1], data: [7] },
      ObsMask: { shape: [2, 1, 3], data: [0, 1, 1, 0, 0, 1] },
      XYZcut: { shape: [1, 3], data: [1.5, 2.5, -1] },
      BB: { shape: [2, 2], data: [-70, 400, 5, 6] },
    });
  });

  test("texts and cells are passed over", () => {
    const text = matrix("note", 4, [1, 2], element(4, Buffer.from(Uint16Array.of(104, 105).buffer)));
    const arrays = readMat5(matFile(text, matrix("P", 6, [1, 1], doubles(1))), "x.mat");
    expect([...arrays.keys()]).toEqual(["P"]);
    expect(() => requireArray(arrays, "Q", "x.mat")).toThrow("x.mat: has no array Q, only P");
  });

  test.each([
    ["nothing", Buffer.alloc(0), /no little-endian MAT-file of version 5/],
    ["HDF5", Buffer.concat([Buffer.from("MATLAB 7.3 MAT-file"), Buffer.alloc(600)]), /7.3 file is HDF5/],
    ["cut off", matFile(matrix("P", 6, [1, 4], doubles(1, 2, 3, 4))).subarray(0, 170), /is cut off/],
    ["too few values", matFile(matrix("P", 6, [3, 4], doubles(1, 2))), /P is \[3,4\] but holds 2 values/],
    ["damaged", matFile(element(15, Buffer.of(1, 2, 3, 4, 5, 6, 7, 8))), /is damaged/],
  ])("refused: %s", (_, bytes, problem) => {
    expect(() => readMat5(bytes, "x.mat")).toThrow(problem);
  });
});
