import { expect, test } from "vitest";
import { encodeAhead } from "./encode-ahead.ts";

test("files come in their order, a few are made at once, and the last when all others are done", async () => {
  let working = 0;
  let most = 0;
  const done: number[] = [];
  const files = Array.from({ length: 9 }, (_, i) => ({
    name: `${i}`,
    async encode() {
      if (i === 8) expect(done).toHaveLength(8);
      most = Math.max(most, ++working);
      await new Promise((resolve) => setTimeout(resolve, 9 - i));
      working--;
      done.push(i);
      return Uint8Array.of(i);
    },
  }));
  const names: string[] = [];
  for await (const { name, bytes } of encodeAhead(files)) {
    expect(bytes).toEqual(Uint8Array.of(Number(name)));
    names.push(name);
  }
  expect(names).toEqual(files.map(({ name }) => name));
  expect(most).toBeGreaterThan(1);
});

test("a file that cannot be made is an error in its turn, whatever becomes of those after it", async () => {
  const fails = (why: string) => async () => Promise.reject(new Error(why));
  const files = [
    { name: "a", encode: () => Uint8Array.of(1) },
    { name: "b", encode: fails("b") },
    { name: "c", encode: fails("c") },
    { name: "d", encode: () => Uint8Array.of(4) },
  ];
  const names: string[] = [];
  const all = async () => {
    for await (const { name } of encodeAhead(files)) names.push(name);
  };
  await expect(all()).rejects.toThrow("b");
  expect(names).toEqual(["a"]);
});
