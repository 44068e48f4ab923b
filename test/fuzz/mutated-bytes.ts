import fc from "fast-check";

/** Numbers at which readers trip: none, one, the ends of the integer types, and what is too much for any file. */
const NUMBERS = [0, 1, 2, 7, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
const WORDS = [
  "0",
  "1",
  "-1",
  "0.5",
  "NaN",
  "1e9",
  "99999999",
  "1000000000",
  "4294967296",
  "1e400",
  "[",
  '"',
  "\\",
  "\n",
];

type Edit = (bytes: Uint8Array) => Uint8Array;

/** A place in a file of any length, from 0 to 1; half of them near its start, where headers are. */
const place = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.nat({ max: 400 }).map((at) => ({ at })),
);
type Place = number | { readonly at: number };

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(place, fc.nat({ max: 255 })).map(
    ([at, value]): Edit =>
      (bytes) =>
        spliced(bytes, at, 1, [value]),
  ),
  fc.tuple(place, fc.constantFrom(...NUMBERS), fc.constantFrom(1, 2, 4, 8), fc.boolean()).map(
    ([at, number, width, little]): Edit =>
      (bytes) => {
        const digits = Array.from({ length: width }, (_, i) => Math.floor(number / 256 ** i) % 256);
        return spliced(bytes, at, width, little ? digits : digits.reverse());
      },
  ),
  fc.tuple(place, fc.nat({ max: 64 })).map(
    ([at, length]): Edit =>
      (bytes) =>
        spliced(bytes, at, length, []),
  ),
  fc.tuple(place, fc.nat({ max: 64 }), fc.integer({ min: 2, max: 300 })).map(
    ([at, length, times]): Edit =>
      (bytes) => {
        const start = offsetOf(at, bytes);
        const piece = [...bytes.subarray(start, start + length)];
        return spliced(bytes, at, 0, Array.from({ length: times }, () => piece).flat());
      },
  ),
  place.map(
    (at): Edit =>
      (bytes) =>
        bytes.slice(0, offsetOf(at, bytes)),
  ),
  // A number that is written out, as headers in text have them.
  fc.tuple(fc.nat({ max: 30 }), fc.constantFrom(...WORDS)).map(
    ([index, word]): Edit =>
      (bytes) => {
        const text = Buffer.from(bytes).toString("latin1");
        const numbers = [...text.matchAll(/-?\d+(?:\.\d+)?/g)];
        const chosen = numbers[index % Math.max(numbers.length, 1)];
        if (chosen === undefined) return bytes;
        return spliced(bytes, { at: chosen.index }, chosen[0].length, Buffer.from(word));
      },
  ),
);

/** Files with up to four mistakes in them, and bytes that are no file at all. */
export function mutatedBytes(files: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const mutated = fc
    .tuple(fc.constantFrom(...files), fc.array(edit, { minLength: 1, maxLength: 4 }))
    .map(([file, edits]) => edits.reduce((bytes, change) => change(bytes), file));
  const raw = fc.uint8Array({ maxLength: 400 });
  const started = fc
    .tuple(fc.constantFrom(...files), fc.nat({ max: 40 }), raw)
    .map(([file, kept, rest]) => new Uint8Array([...file.subarray(0, kept), ...rest]));
  return fc.oneof({ weight: 8, arbitrary: mutated }, { weight: 1, arbitrary: started }, { weight: 1, arbitrary: raw });
}

function offsetOf(at: Place, bytes: Uint8Array): number {
  return typeof at === "number" ? Math.floor(at * bytes.length) : Math.min(at.at, bytes.length);
}

function spliced(bytes: Uint8Array, at: Place, removed: number, added: ArrayLike<number>): Uint8Array {
  const start = offsetOf(at, bytes);
  const rest = bytes.subarray(start + removed);
  const result = new Uint8Array(start + added.length + rest.length);
  result.set(bytes.subarray(0, start));
  result.set(added, start);
  result.set(rest, start + added.length);
  return result;
}
