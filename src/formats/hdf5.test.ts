import { beforeAll, expect, test } from "vitest";
import { FormatError } from "../core/errors.ts";
import { readHdf5Array } from "./hdf5.ts";

const depth = Float32Array.from({ length: 48 * 64 }, (_, i) => Math.sin(i));
let file: Uint8Array;

beforeAll(async () => {
  const { File, ready } = await import("h5wasm");
  const { FS } = await ready;
  const writer = new File("/written.h5", "w");
  writer.create_dataset({ name: "depth", data: depth, shape: [48, 64], chunks: [16, 16], compression: 4 });
  writer.create_dataset({ name: "title", data: "a text" });
  writer.create_group("folder");
  writer.close();
  file = FS.readFile("/written.h5", { encoding: "binary" });
});

test("a compressed array in chunks", async () => {
  expect(await readHdf5Array(file, "depth", "a.h5")).toEqual({ shape: [48, 64], data: depth });
});

test.each([
  ["an array that is not there", () => file, "depths", "a.h5: has no array depths, only depth, folder, title"],
  ["a folder", () => file, "folder", "a.h5: folder is no array of numbers"],
  ["a text", () => file, "title", "a.h5: title is no array of numbers"],
  ["a file that is cut off", () => file.slice(0, file.length / 2), "depth", "a.h5: not an HDF5 file, or a damaged one"],
  ["something else", () => new Uint8Array(100), "depth", "a.h5: not an HDF5 file, or a damaged one"],
  ["nothing", () => new Uint8Array(0), "depth", "a.h5: not an HDF5 file, or a damaged one"],
])("%s is an error that names the file", async (_, bytes, name, message) => {
  const error = await readHdf5Array(bytes(), name, "a.h5").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FormatError);
  expect((error as Error).message).toContain(message);
});

test("damaged values are an error, not numbers", async () => {
  const damaged = file.map((byte, i) => (Math.abs(i / file.length - 0.5) < 0.1 ? byte ^ 0x55 : byte));
  await expect(readHdf5Array(damaged, "depth", "a.h5")).rejects.toThrow(FormatError);
});
