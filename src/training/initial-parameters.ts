import { gaussian, type Random } from "../core/random.ts";
import type { ParameterLayout } from "./parameter-layout.ts";

/**
 * Values to start training from, as upstream draws them: fully connected layers Xavier-uniform with zero bias,
 * regression heads and patch bias uniform within 1/√fan-in, and both decoders alike.
 */
export function initialParameters({ ranges, length }: ParameterLayout, random: Random): Float32Array {
  const values = new Float32Array(length);
  for (const [name, { shape, start, end }] of ranges) {
    const [out, ...inner] = shape as [number, ...number[]];
    const into = values.subarray(start, end);
    const draw = (next: () => number) => {
      for (let i = 0; i < into.length; i++) into[i] = next();
    };
    const uniform = (bound: number) => draw(() => (2 * random() - 1) * bound);
    const twin = ranges.get(name.replace("dec_blocks2.", "dec_blocks."));
    if (twin !== undefined && name.startsWith("dec_blocks2.")) {
      into.set(values.subarray(twin.start, twin.end));
    } else if (name === "mask_token") {
      draw(() => 0.02 * gaussian(random));
    } else if (/norm(\d|_y)?\.weight$/.test(name)) {
      into.fill(1);
    } else if (name.startsWith("downstream_head") || name === "patch_embed.proj.bias") {
      const weight = ranges.get(name.replace(/bias$/, "weight"));
      const [, ...fan] = (weight ?? { shape }).shape;
      uniform(1 / Math.sqrt(fan.reduce((a, b) => a * b, 1)));
    } else if (name.endsWith(".weight")) {
      uniform(Math.sqrt(6 / (out + inner.reduce((a, b) => a * b, 1))));
    }
  }
  return values;
}
