import { expect, test } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { randomMaterial } from "../material.ts";
import { block } from "../photos/parts.ts";
import type { Texture } from "../texture.ts";
import { dress } from "./dress.ts";

const picture: Texture = { size: 1, levels: [new Uint8Array(4)] };

test("about half of the patterns become pictures, alike on all that shares one; plain surfaces stay", () => {
  const random = seededRandom("dress");
  const patterned = Array.from({ length: 200 }, () => randomMaterial(random, { contrast: 0.5 }));
  const plain = randomMaterial(random, { contrast: 0 });
  const objects = [...patterned, ...patterned, plain].map((material) => block(material, [1, 1, 1], [0, 0, 0]));
  const dressed = dress(objects, [picture], seededRandom("pictures"));
  const isPictured = dressed.map(({ material }) => material.texture === picture);
  expect(isPictured.slice(0, 200)).toEqual(isPictured.slice(200, 400));
  const share = isPictured.slice(0, 200).filter(Boolean).length / 200;
  expect(share).toBeGreaterThan(0.35);
  expect(share).toBeLessThan(0.65);
  expect(dressed.at(-1)!.material).toBe(plain);
  expect(dress(objects, [picture], seededRandom("pictures"))).toEqual(dressed);
});
