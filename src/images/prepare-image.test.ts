import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bytesInMemory } from "../core/byte-source.ts";
import { readSafetensorsHeader } from "../formats/safetensors.ts";
import { networkInput, pictureOfInput } from "../inference/network-input.ts";
import { planView } from "./plan-view.ts";
import { prepareImage } from "./prepare-image.ts";

const fixture = (name: string) => readFileSync(new URL(`../../test/fixtures/${name}`, import.meta.url));
const file = fixture("preprocess.safetensors");
const { tensors } = await readSafetensorsHeader(bytesInMemory("preprocess.safetensors", file));

interface GoldenCase {
  readonly name: string;
  readonly in_wh: readonly [number, number];
  readonly size: number;
  readonly square_ok?: boolean;
  readonly out_hw: readonly [number, number];
}
const golden: { readonly cases: readonly GoldenCase[] } = JSON.parse(fixture("preprocess.json").toString());

function bytesOf(name: string): Uint8Array | undefined {
  const entry = tensors.get(name);
  return entry && new Uint8Array(file.subarray(entry.offset, entry.offset + entry.byteLength));
}

function prepare({ name, in_wh: [width, height], size, square_ok }: GoldenCase) {
  const plan = planView({ width, height }, { size, fit: square_ok ? "keep" : "reference" });
  const rgb = prepareImage({ width, height, rgb: bytesOf(`${name}.in`)! }, { width, height }, plan);
  return { plan, rgb };
}

/** Every `step`th row and column. */
function thinned(rgb: Uint8Array, { width, height }: { width: number; height: number }, step: number): Uint8Array {
  const bytes: number[] = [];
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) bytes.push(...rgb.subarray(3 * (y * width + x), 3 * (y * width + x) + 3));
  }
  return Uint8Array.from(bytes);
}

describe("prepareImage", () => {
  test.each(golden.cases.filter(({ name }) => tensors.has(`${name}.in`)))(
    "equals the reference bit by bit: $name",
    (c) => {
      const { plan, rgb } = prepare(c);
      expect([plan.height, plan.width]).toEqual(c.out_hw);
      const whole = bytesOf(`${c.name}.out_u8`);
      expect(thinned(rgb, plan, whole ? 1 : 4)).toEqual(whole ?? bytesOf(`${c.name}.out_u8_every4`));
    },
  );

  test("is normalized in single precision as the reference does, and back", () => {
    const { plan, rgb } = prepare(golden.cases.find(({ name }) => name === "up")!);
    const input = networkInput([{ ...plan, rgb }]);
    expect(input).toEqual(new Float32Array(bytesOf("up.out_normalised")!.buffer));
    expect(pictureOfInput(input)).toEqual(rgb);
  });

  test("gives nearly the same pixels from a copy reduced four-fold", () => {
    const [width, height] = [1024, 768];
    const wave = (x: number, y: number, channel: number) => 128 + 100 * Math.sin(x / 40 + channel) * Math.cos(y / 30);
    const paint = (step: number) => {
      const size = { width: width / step, height: height / step };
      const rgb = Uint8Array.from({ length: size.width * size.height * 3 }, (_, i) => {
        const pixel = Math.floor(i / 3);
        const center = (step - 1) / 2;
        return wave((pixel % size.width) * step + center, Math.floor(pixel / size.width) * step + center, i % 3);
      });
      return { ...size, rgb };
    };
    const plan = planView({ width, height }, { size: 64 });
    const whole = prepareImage(paint(1), { width, height }, plan);
    const reduced = prepareImage(paint(4), { width, height }, plan);
    expect(Math.max(...whole.map((value, i) => Math.abs(value - reduced[i]!)))).toBeLessThan(3);
  });
});
