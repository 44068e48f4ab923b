import { openSession } from "../runtime/session.ts";
import { adamwStep } from "./adamw.ts";
import type { Optimizer } from "./optimizer.ts";
import { orthogonalizeModel } from "./orthogonalize.ts";
import type { ParameterLayout } from "./parameter-layout.ts";

/** Decay of the mean gradient of matrices. */
const MOMENTUM = 0.95;

/** Makes a matrix's change as long as AdamW's usually is, so that one learning rate serves both (Liu et al. 2025). */
const MATCH_ADAMW = 0.2;

/** Matrices of one shape, one after the other in `stacked`. */
interface Stack {
  readonly rows: number;
  readonly columns: number;
  readonly stacked: Float32Array;
  /** Ranges of the flat parameters in the order of `stacked`. */
  readonly ranges: readonly { readonly start: number; readonly end: number }[];
}

/**
 * Muon (Jordan 2024) for the matrices inside the blocks, AdamW for all else: the mean gradient of a matrix is replaced by
 * the nearest orthogonal matrix, so that every direction of a layer learns at the same pace, at the price of a few products
 * per step.
 */
export async function openMuon(
  layout: ParameterLayout,
  { threads }: { threads?: number | undefined },
): Promise<Optimizer> {
  const stacks = stackMatrices(layout);
  const rest = new Map([...layout.ranges].filter(([name, { shape }]) => !isHiddenMatrix(name, shape)));
  const model = orthogonalizeModel(new Map([...stacks].map(([name, stack]) => [name, stackShape(stack)])));
  const session = await openSession(model.bytes, { device: "cpu", threads, arena: true });
  return {
    async step(values, gradient, state, { learningRate, weightDecay }) {
      adamwStep(values, gradient, state, { layout: { ...layout, ranges: rest }, learningRate, weightDecay });
      for (const stack of stacks.values()) gatherMomentum(stack, gradient, state.mean);
      const feeds = [...stacks].map(([name, stack]) => {
        return [name, { dtype: "float32", shape: stackShape(stack), data: stack.stacked }] as const;
      });
      const outputs = await session.run(Object.fromEntries(feeds));
      for (const [name, stack] of stacks) {
        const directions = outputs[`orthogonal ${name}`]!.data as Float32Array;
        moveAlong(values, stack, directions, { learningRate, weightDecay });
      }
    },
    async dispose() {
      await session.dispose();
    },
  };
}

function stackShape({ rows, columns, ranges }: Stack): readonly number[] {
  return [ranges.length, rows, columns];
}

function isHiddenMatrix(name: string, shape: readonly number[]): boolean {
  return shape.length === 2 && !name.startsWith("downstream_head");
}

function stackMatrices({ ranges }: ParameterLayout): ReadonlyMap<string, Stack> {
  const byShape = new Map<string, { rows: number; columns: number; ranges: { start: number; end: number }[] }>();
  for (const [name, { shape, start, end }] of ranges) {
    if (!isHiddenMatrix(name, shape)) continue;
    // Queries, keys and values are three matrices that share one array.
    const parts = name.endsWith("qkv.weight") ? 3 : 1;
    const [rows, columns] = [shape[0]! / parts, shape[1]!];
    const key = `${rows}x${columns}`;
    const group = byShape.get(key) ?? { rows, columns, ranges: [] };
    byShape.set(key, group);
    const size = (end - start) / parts;
    for (let at = start; at < end; at += size) group.ranges.push({ start: at, end: at + size });
  }
  const stacks = [...byShape].map(([key, group]) => {
    return [key, { ...group, stacked: new Float32Array(group.ranges.length * group.rows * group.columns) }] as const;
  });
  return new Map(stacks);
}

/** Updates the mean gradient and stacks what it will be after one more step like this one (Nesterov). */
function gatherMomentum({ ranges, stacked }: Stack, gradient: Float32Array, mean: Float32Array): void {
  let at = 0;
  for (const { start, end } of ranges) {
    for (let i = start; i < end; i++, at++) {
      const g = (1 - MOMENTUM) * gradient[i]!;
      const m = MOMENTUM * mean[i]! + g;
      mean[i] = m;
      stacked[at] = MOMENTUM * m + g;
    }
  }
}

function moveAlong(
  values: Float32Array,
  { ranges, rows, columns }: Stack,
  directions: Float32Array,
  { learningRate, weightDecay }: { readonly learningRate: number; readonly weightDecay: number },
): void {
  const length = learningRate * MATCH_ADAMW * Math.sqrt(Math.max(rows, columns));
  const keep = 1 - learningRate * weightDecay;
  let at = 0;
  for (const { start, end } of ranges) {
    for (let i = start; i < end; i++, at++) values[i] = keep * values[i]! - length * directions[at]!;
  }
}
