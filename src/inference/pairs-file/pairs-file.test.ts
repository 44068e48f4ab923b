import { describe, expect, test } from "vitest";
import { bytesInMemory } from "../../core/byte-source.ts";
import { FormatError } from "../../core/errors.ts";
import { imagePlane } from "../../core/image-plane.ts";
import { type TensorContent, writeSafetensors } from "../../formats/safetensors-writer.ts";
import { readPairsFile } from "./read-pairs-file.ts";
import { type PairsContent, writePairsFile } from "./write-pairs-file.ts";

const tensor = (shape: readonly number[], value = 1): TensorContent => {
  const count = shape.reduce((product, size) => product * size, 1);
  return { dtype: "F32", shape, values: new Float32Array(count).fill(value) };
};

/** Image 0 is 4x2, image 1 is 3x5 (width x height). */
const PAIR: readonly (readonly [string, TensorContent])[] = [
  ["0-1.pointmap1", tensor([2, 4, 3], 2)],
  ["0-1.confidence1", tensor([2, 4], 3)],
  ["0-1.pointmap2", tensor([5, 3, 3], 4)],
  ["0-1.confidence2", tensor([5, 3], 5)],
];

function read(tensors: readonly (readonly [string, TensorContent])[], metadata?: Record<string, string>) {
  return readPairsFile(bytesInMemory("pairs.safetensors", writeSafetensors(new Map(tensors), metadata)));
}

describe("a file of pairs", () => {
  test("gives predictions and views; without more, in pixels of its own", async () => {
    const { views, pairs, predictions, model } = await read([...PAIR, ["view.1", tensor([3, 5, 3], 0.5)]]);
    expect(model).toBe("unknown");
    expect(pairs).toEqual([{ view1: 0, view2: 1 }]);
    expect(views.map(({ name, width, height }) => [name, width, height])).toEqual([
      ["image-0", 4, 2],
      ["image-1", 3, 5],
    ]);
    expect(views[0]!.rgb).toEqual(new Uint8Array());
    expect(views[1]!.rgb).toEqual(new Uint8Array(45).fill(191));
    expect(views[1]!.original).toEqual({ width: 3, height: 5 });
    const [prediction, ...rest] = await collect(predictions());
    expect(rest).toEqual([]);
    expect(prediction).toEqual({
      view1: 0,
      view2: 1,
      size1: { width: 4, height: 2, principalPoint: [1.5, 0.5] },
      size2: { width: 3, height: 5, principalPoint: [1, 2] },
      pointmap1: new Float32Array(24).fill(2),
      confidence1: new Float32Array(8).fill(3),
      pointmap2: new Float32Array(45).fill(4),
      confidence2: new Float32Array(15).fill(5),
    });
  });

  test("that was written is read as it was, with names and original pixels", async () => {
    const plain = await read([...PAIR, ["view.0", tensor([3, 2, 4], 0.25)]]);
    const views = plain.views.map((view, i) => ({
      ...view,
      name: ["a.jpg", "b.jpg"][i]!,
      original: { width: 400, height: 500 },
      originalFromNetwork: { scaleX: 100, scaleY: 99, offsetX: 49.5, offsetY: 3 },
    }));
    const { pairs, predictions } = plain;
    const again = await readPairsFile(await written({ model: "mine", views, pairs, predictions: predictions() }));
    expect(again).toMatchObject({ model: "mine", views, pairs });
    const [size1, size2] = views.map(imagePlane);
    const expected = (await collect(predictions())).map((prediction) => ({ ...prediction, size1, size2 }));
    expect(await collect(again.predictions())).toEqual(expected);
  });

  test("in half precision is smaller by two bytes a number", async () => {
    const { views, pairs, predictions } = await read(PAIR);
    const content = { model: "mine", views, pairs };
    const whole = await written({ ...content, predictions: predictions() });
    const half = await written({ ...content, predictions: predictions(), dtype: "F16" });
    // Two pointmaps and two confidence maps; the header may have fewer digits, too.
    const numbers = 4 * (4 * 2 + 3 * 5);
    expect(whole.size - half.size).toBeGreaterThanOrEqual(2 * numbers);
    const again = await readPairsFile(half);
    expect(await collect(again.predictions())).toEqual(await collect(predictions()));
  });

  test("of a photo with itself", async () => {
    const { views, pairs } = await read([
      ["0-0.pointmap1", tensor([2, 4, 3])],
      ["0-0.confidence1", tensor([2, 4])],
      ["0-0.pointmap2", tensor([2, 4, 3])],
      ["0-0.confidence2", tensor([2, 4])],
    ]);
    expect(views).toHaveLength(1);
    expect(pairs).toEqual([{ view1: 0, view2: 0 }]);
  });
});

test.each([
  [
    "no pairs",
    [["view.0", tensor([3, 2, 4])] as const],
    undefined,
    /holds no pairs; expected are tensors such as 0-1\.pointmap1/,
  ],
  ["a map missing", PAIR.slice(0, 3), undefined, /tensor 0-1\.confidence2 is missing/],
  ["an unknown tensor", [...PAIR, ["0-1.depth", tensor([2, 4])] as const], undefined, /tensor 0-1\.depth is unknown/],
  [
    "a wrong shape",
    PAIR.toSpliced(0, 1, ["0-1.pointmap1", tensor([2, 4])]),
    undefined,
    /tensor 0-1\.pointmap1 is \[2,4\]; expected/,
  ],
  [
    "two sizes of one image",
    PAIR.toSpliced(1, 1, ["0-1.confidence1", tensor([2, 5])]),
    undefined,
    /makes image 0 5x2, another 4x2/,
  ],
  [
    "a gap",
    PAIR.map(([name, content]) => [name.replace("1.", "7."), content] as const),
    undefined,
    /of image 7, but the pairs have 2 images/,
  ],
  [
    "a view of no pair",
    [...PAIR, ["view.2", tensor([3, 2, 4])] as const],
    undefined,
    /tensor view\.2 is of image 2, but/,
  ],
  ["names of other images", PAIR, { images: '["a.jpg"]' }, /metadata "images" has 1 entries for 2 images/],
  ["names that are none", PAIR, { images: "a.jpg, b.jpg" }, /metadata "images" is not what is expected/],
  ["no such originals", PAIR, { originals: '[{"width": -1}]' }, /metadata "originals" is not what is expected/],
])("%s: refused with the tensor at fault", async (_, tensors, metadata, message) => {
  const reading = read(tensors, metadata);
  await expect(reading).rejects.toThrow(FormatError);
  await expect(reading).rejects.toThrow(message);
});

async function written(content: PairsContent) {
  const chunks: Uint8Array[] = [];
  await writePairsFile({ write: async (bytes) => void chunks.push(bytes.slice()) }, content);
  return bytesInMemory("pairs.safetensors", new Uint8Array(Buffer.concat(chunks)));
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
