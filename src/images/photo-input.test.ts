import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { InputError } from "../core/errors.ts";
import { loadViews } from "./load-views.ts";
import type { PhotoInput } from "./photo-input.ts";

const path = resolve(import.meta.dirname, "../../examples/photos/courtyard-1.jpg");
const other = resolve(import.meta.dirname, "../../examples/photos/courtyard-2.jpg");
const bytes = await readFile(path);
const options = { size: 64, patchSize: 8 };
const [expected] = await loadViews([path], options);

describe("library inputs", () => {
  test.each<[string, PhotoInput, string]>([
    ["a single string", path, "courtyard-1.jpg"],
    ["a URL", pathToFileURL(path), "courtyard-1.jpg"],
    ["a Buffer", bytes, "photo-1"],
    ["a Uint8Array", new Uint8Array(bytes), "photo-1"],
    ["an ArrayBuffer", new Uint8Array(bytes).buffer, "photo-1"],
    ["a Blob", new Blob([new Uint8Array(bytes)]), "photo-1"],
    ["a File", new File([new Uint8Array(bytes)], "house.jpg"), "house.jpg"],
    ["bytes with a name", { name: "cam0/house.jpg", bytes }, "house.jpg"],
  ])("%s", async (_, photo, name) => {
    const views = await loadViews(photo, options);
    expect(views.map((view) => view.name)).toEqual([name]);
    expect(views[0]!.rgb).toEqual(expected!.rgb);
    expect(views[0]!.hash).toBe(expected!.hash);
  });

  test("several keep their order, whatever they are", async () => {
    const views = await loadViews([bytes, other, new File([new Uint8Array(bytes)], "courtyard-2.jpg")], options);
    expect(views.map(({ name }) => name)).toEqual(["photo-1", "photos_courtyard-2.jpg", "courtyard-2.jpg"]);
  });

  test.each([
    [null, "photo-1 is null; a path, a file: URL, bytes, a Blob or { name, bytes } is expected"],
    [3, "photo-1 is number; "],
    [[["a.jpg"]], "photo-1 is a list; "],
    [{ path: "a.jpg" }, "photo-1 is object; "],
    [new URL("https://example.org/a.jpg"), "https://example.org/a.jpg: photos of the network are not fetched"],
    [new Uint8Array(0), "photo-1: is empty (0 bytes); a photo is expected"],
    [new Uint8Array(100).fill(65), "photo-1: is not a JPEG, PNG"],
  ])("%j is refused", async (input, message) => {
    const ended = loadViews(input as PhotoInput, options);
    await expect(ended).rejects.toThrow(message);
    await expect(ended).rejects.toHaveProperty("name", expect.stringMatching(/^(Input|Format)Error$/));
  });

  test("no photos at all", async () => {
    await expect(loadViews([], options)).rejects.toThrow(InputError);
  });
});
