import { describe, expect, test } from "vitest";
import { FormatError } from "../core/errors.ts";
import { parseIntrinsics } from "./parse-intrinsics.ts";

const K = [
  [600, 0, 320],
  [0, 610, 240],
  [0, 0, 1],
];
const lens = { fx: 600, fy: 610, principalPoint: [320, 240] };
const parse = (value: unknown) => parseIntrinsics(JSON.stringify(value), "cameras.json");

describe("intrinsics", () => {
  test("one camera for all", () => {
    expect(parse({ K })).toEqual({ shared: lens, byPhoto: new Map() });
    expect(parse({ fx: 600, fy: 610, cx: 320, cy: 240 }).shared).toEqual(lens);
    expect(parse({ focal: 500 }).shared).toEqual({ fx: 500, fy: 500, principalPoint: undefined });
  });

  test.each([
    [
      "a list",
      [
        { file: "a.jpg", K },
        { file: "b.jpg", focal: 500 },
      ],
    ],
    [
      "a scene.json",
      {
        units: "metres",
        images: [
          { file: "a.jpg", K },
          { file: "b.jpg", focal: 500 },
          { file: "c.jpg", K: null },
        ],
      },
    ],
    ["by file name", { "a.jpg": { K }, "b.jpg": { focal: 500 } }],
  ])("each by its file: %s", (_, value) => {
    const { shared, byPhoto } = parse(value);
    expect(shared).toBeUndefined();
    expect([...byPhoto.keys()]).toEqual(["a.jpg", "b.jpg"]);
    expect(byPhoto.get("a.jpg")).toEqual(lens);
    expect(byPhoto.get("b.jpg")?.fx).toBe(500);
  });
});

test.each([
  ["{\n", /^cameras\.json: line 2: not JSON/],
  ["3", /^cameras\.json: a list of photos is expected, found 3/],
  ["[]", /^cameras\.json: holds no camera; a camera is/],
  ['[{"K": [[1,0,0],[0,1,0],[0,0,1]]}]', /^cameras\.json: entry 0: "file" is missing/],
  [
    '[{"file": "a.jpg", "focal": "long"}]',
    /^cameras\.json: entry 0 \(a\.jpg\): "focal": a number is expected, found "long"/,
  ],
  ['[{"file": "a.jpg", "focal": -3}]', /entry 0 \(a\.jpg\): focal lengths of -3 and -3; positive ones/],
  ['[{"file": "a.jpg", "focal": 3, "cx": 4}]', /entry 0 \(a\.jpg\): "cx" and "cy" come together/],
  ['[{"file": "a.jpg", "K": [[1, 2]]}]', /entry 0 \(a\.jpg\): K: 3 rows of 3 finite numbers/],
  ['{"a.jpg": 5}', /^cameras\.json: "a\.jpg": an object is expected, found 5/],
  ['{"a.jpg": {"fov": 60}}', /^cameras\.json: "a\.jpg": no focal length/],
])("%s: refused, with the entry and field", (text, message) => {
  expect(() => parseIntrinsics(text, "cameras.json")).toThrow(FormatError);
  expect(() => parseIntrinsics(text, "cameras.json")).toThrow(message);
});
