import { type Random, seededRandom } from "../../core/random.ts";
import type { ParameterLayout } from "../optimizer/parameter-layout.ts";

/**
 * Values to start from, as the published code draws them: Xavier-uniform matrices with zero biases, norms of one and
 * zero, heads with the range of their fan-in. The second decoder starts as a copy of the first; the keys of
 * cross-attention as a copy of its queries, so that tokens attend to similar tokens from the first step on (Trockman &
 * Kolter 2023).
 */
export function initialValues({ ranges, length }: ParameterLayout, seed: number): Float32Array {
  const values = new Float32Array(length);
  for (const [name, { shape, start, end }] of ranges) {
    const twin = ranges.get(twinOf(name))!;
    if (twin.start !== start) {
      values.copyWithin(start, twin.start, twin.end);
      continue;
    }
    const spread = spreadOf(name, shape);
    const random = seededRandom(`${seed} ${name}`);
    if (/norm[^.]*\.weight$/.test(name)) values.fill(1, start, end);
    else if (spread > 0) fillUniform(values.subarray(start, end), spread, random);
  }
  return values;
}

/** The parameter that this one starts as a copy of: mostly itself. */
function twinOf(name: string): string {
  return name.replace("dec_blocks2.", "dec_blocks.").replace("cross_attn.projk.weight", "cross_attn.projq.weight");
}

function spreadOf(name: string, shape: readonly number[]): number {
  if (shape.length < 2) return 0;
  const [out, fanIn] = [shape[0]!, shape.slice(1).reduce((a, b) => a * b)];
  return name.startsWith("downstream_head") ? 1 / Math.sqrt(fanIn) : Math.sqrt(6 / (fanIn + out));
}

function fillUniform(values: Float32Array, spread: number, random: Random): void {
  for (let i = 0; i < values.length; i++) values[i] = (2 * random() - 1) * spread;
}
