import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError } from "../core/errors.ts";
import { readPickle } from "./pickle.ts";
import { PickleProblem, type PickleVocabulary } from "./pickle-machine.ts";

/** One character per byte. */
const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

const vocabulary: PickleVocabulary = {
  globals: new Map<string, unknown>([
    ["collections.OrderedDict", () => new Map()],
    ["shop.pair", (...args: readonly unknown[]) => ({ pair: args })],
    ["shop.word", "a word"],
  ]),
  persistentLoad: (id) => `stored: ${String(id)}`,
  setState(target, state) {
    if (!(target instanceof Map)) throw new PickleProblem("has no such state");
    target.set("state", state);
  },
};
const read = (text: string): unknown => readPickle("m.pth", bytes(text), vocabulary);

describe("values", () => {
  const cases: Record<string, [pickle: string, value: unknown]> = {
    none: ["N.", null],
    "true and false": ["\x88\x89\x86.", [true, false]],
    "small integers": ["K\xffM\xff\xffJ\xfe\xff\xff\xff\x87.", [255, 65535, -2]],
    "long integers": ["\x8a\x00\x8a\x01\x80\x8b\x05\x00\x00\x00\x00\x00\x00\x00\x01\x87.", [0, -128, 2 ** 32]],
    "a float, big-endian": ["G?\xf8\x00\x00\x00\x00\x00\x00.", 1.5],
    "texts of every length form": [
      "X\x02\x00\x00\x00\xc3\xa9\x8c\x01a\x8d\x01\x00\x00\x00\x00\x00\x00\x00b\x87.",
      ["é", "a", "b"],
    ],
    "strings of Python 2": ["U\x01aT\x01\x00\x00\x00b\x86.", ["a", "b"]],
    "bytes of every length form": [
      "C\x01aB\x01\x00\x00\x00b\x8e\x01\x00\x00\x00\x00\x00\x00\x00c\x87.",
      [bytes("a"), bytes("b"), bytes("c")],
    ],
    "lists and tuples": ["](K\x01K\x02eK\x03a\x85.", [[1, 2, 3]]],
    "marks within marks": ["((K\x01t(K\x02lt.", [[1], [2]]],
    "a dictionary": [
      "}(U\x01aK\x01U\x01bK\x02uU\x01cK\x03s.",
      new Map([
        ["a", 1],
        ["b", 2],
        ["c", 3],
      ]),
    ],
    "a dictionary from a mark": ["(U\x01aK\x01d.", new Map([["a", 1]])],
    sets: ["\x8f(K\x01K\x01\x90(K\x02\x91\x86.", [new Set([1]), new Set([2])]],
    "what the memo kept": ["]q\x07r\x08\x00\x00\x000h\x07j\x08\x00\x00\x00\x86.", [[], []]],
    "what was memoized in order": [
      "\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00]\x94}\x94h\x00h\x01\x87.",
      [new Map(), [], new Map()],
    ],
    "duplicates and pops": ["K\x01K\x020(K\x0312\x86.", [1, 1]],
    "a call": ["cshop\npair\nK\x01K\x02\x86R.", { pair: [1, 2] }],
    "a call by name from the stack": ["U\x04shopU\x04pair\x93)\x81.", { pair: [] }],
    "an allowed value": ["cshop\nword\n.", "a word"],
    "a state": ["ccollections\nOrderedDict\n)RK\x05b.", new Map([["state", 5]])],
    "a persistent id": ["U\x02idQ.", "stored: id"],
  };
  test.each(Object.entries(cases))("%s", (_name, [pickle, value]) => {
    expect(read(pickle)).toEqual(value);
  });
});

describe("refused", () => {
  const cases: Record<string, [pickle: string, message: RegExp]> = {
    "a command": ["cos\nsystem\n(U\x02lstR.", /asks for os\.system, which is refused/],
    "a command named on the stack": ["U\x02osU\x06system\x93U\x02ls\x85R.", /asks for os\.system, which is refused/],
    "a builtin": ["c__builtin__\neval\n.", /asks for __builtin__\.eval/],
    "an attribute path": ["ccollections\nOrderedDict.__init__\n.", /OrderedDict\.__init__, which is refused/],
    "a global whose name is no text": ["K\x01K\x02\x93.", /asks for \?\.\?/],
    "the old form of a call": ["(ios\nsystem\n.", /instruction 0x69/],
    "a call of a value": ["cshop\nword\n)R.", /not a constructor/],
    "a call with no tuple": ["cshop\npair\nNR.", /not a constructor/],
    "an extension registry": ["\x82\x01.", /instruction 0x82/],
    "a later protocol": ["\x80\x06N.", /protocol above 5/],
    "a state for what has none": ["]Nb.", /no such state/],
    "an integer of four gigabytes": ["\x8b\xff\xff\xff\xff.", /integer of 4294967295 bytes/],
    "bytes beyond the end": ["\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.", /cut off/],
    "text beyond the end": ["X\xff\xff\xff\xffab.", /cut off/],
    "a frame without end": ["\x95\xff\xff\xff\xff\xff\xff\xff\xff", /cut off/],
    "nothing at all": ["", /cut off/],
    "a name without end": ["cos", /cut off/],
    "an empty stack": [".", /empty stack/],
    "values below a mark": ["K\x01(\x85.", /empty stack/],
    "a group never opened": ["t.", /never opened/],
    "a value never kept": ["h\x01.", /never kept/],
    "a key without a value": ["}(K\x01u.", /key without/],
    "an item for no list": ["}K\x01a.", /not a list/],
    "an item for no set": ["}(K\x01\x90.", /not a set/],
    "an item for no dictionary": ["]K\x01K\x02s.", /not a dictionary/],
  };
  test.each(Object.entries(cases))("%s", (_name, [pickle, message]) => {
    expect(() => read(pickle)).toThrow(FormatError);
    expect(() => read(pickle)).toThrow(message);
    expect(() => read(pickle)).toThrow("m.pth: its pickle ");
  });
});

describe("bombs are data like any other", () => {
  test("a tuple that doubles with every level stays shared", () => {
    const levels = 10_000;
    let value = read(`)${"2\x86".repeat(levels)}.`) as unknown[];
    for (let level = 0; level < levels; level++) {
      expect(value[0]).toBe(value[1]);
      value = value[0] as unknown[];
    }
    expect(value).toEqual([]);
  });

  test("deep nesting and a list within itself", () => {
    expect(read(`N${"\x85".repeat(100_000)}.`)).toHaveLength(1);
    const cyclic = read("]q\x00h\x00a.") as unknown[];
    expect(cyclic[0]).toBe(cyclic);
  });

  test("memo indices far apart take no memory", () => {
    expect(read("Nr\xff\xff\xff\xffr\xfe\xff\xff\x7f.")).toBe(null);
  });

  test("a byte cannot ask for a container without end", () => {
    expect(() => read(`${"}".repeat(250_000)}.`)).toThrow(/containers: refused/);
    expect(() => read(`${"C\x00".repeat(250_000)}.`)).toThrow(/containers: refused/);
  });
});

test("any bytes are a value or a FormatError", () => {
  const opcode = fc.constantFrom(
    ..."\x80\x95(01 2N\x88KMJ\x8a\x8bGX\x8cBC)]}\x85\x86\x87tldeaus\x8f\x90\x91qrh\x94cR\x81b\x93Q.",
  );
  fc.assert(
    fc.property(
      fc.array(fc.oneof(opcode, opcode, fc.constantFrom("\x00", "\x01", "\n", "a")), { maxLength: 60 }),
      (parts) => {
        try {
          read(`${parts.join("")}.`);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      },
    ),
    { numRuns: 3000 },
  );
});
