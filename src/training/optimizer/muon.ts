import { openSession } from "../../runtime/session.ts";
import { adamwStep } from "./adamw.ts";
import type { Optimizer } from "./optimizer.ts";
import { NEWTON_SCHULZ, orthogonalizeModel } from "./orthogonalize.ts";
import type { ParameterLayout } from "./parameter-layout.ts";

/** Momentum of the gradients of matrices. */
const MOMENTUM = 0.95;

/** Scales a matrix's update to the usual size of AdamW's, so that one learning rate serves both (Liu et al. 2025). */
const MATCH_ADAMW = 0.2;

/** Muon's numbers, for other executors. */
export const MUON_DEFAULTS: {
  readonly momentum: number;
  readonly matchAdamw: number;
  readonly coefficients: readonly number[];
  readonly rounds: number;
} = { momentum: MOMENTUM, matchAdamw: MATCH_ADAMW, ...NEWTON_SCHULZ };

/** Matrices of one shape: where each begins among the flat parameters. */
export interface MatrixStack {
  readonly rows: number;
  readonly columns: number;
  readonly starts: readonly number[];
}

interface Stack extends MatrixStack {
  readonly name: string;
  /** All matrices one after the other, to be orthogonalized. */
  readonly stacked: Float32Array;
}

/**
 * Muon (Jordan 2024) for the matrices inside the blocks, AdamW for all else: the momentum of a matrix is replaced by
 * the nearest orthogonal matrix, so that every direction of a layer learns at the same pace, at the price of a few
 * products per step.
 */
export async function openMuon(
  layout: ParameterLayout,
  { threads }: { threads?: number | undefined },
): Promise<Optimizer> {
  const stacks = matrixStacks(layout).map(({ rows, columns, starts }): Stack => {
    const stacked = new Float32Array(starts.length * rows * columns);
    return { name: `${rows}x${columns}`, rows, columns, starts, stacked };
  });
  const rest = new Map([...layout.ranges].filter(([name, { shape }]) => !isHiddenMatrix(name, shape)));
  const model = orthogonalizeModel(new Map(stacks.map((stack) => [stack.name, stackShape(stack)])));
  const session = await openSession(model.bytes, { device: "cpu", threads, arena: true });
  return {
    async step(values, gradient, state, { learningRate, weightDecay }) {
      adamwStep(values, gradient, state, { layout: { ...layout, ranges: rest }, learningRate, weightDecay });
      for (const stack of stacks) gatherMomentum(stack, gradient, state.mean);
      const feeds = stacks.map((stack) => {
        return [stack.name, { dtype: "float32", shape: stackShape(stack), data: stack.stacked }] as const;
      });
      const outputs = await session.run(Object.fromEntries(feeds));
      for (const stack of stacks) {
        const directions = outputs[`orthogonal ${stack.name}`]!.data as Float32Array;
        moveAlong(values, stack, directions, { learningRate, weightDecay });
      }
    },
    async [Symbol.asyncDispose]() {
      await session.dispose();
    },
  };
}

function stackShape({ rows, columns, starts }: MatrixStack): readonly number[] {
  return [starts.length, rows, columns];
}

function isHiddenMatrix(name: string, shape: readonly number[]): boolean {
  return shape.length === 2 && !name.startsWith("downstream_head");
}

/** The matrices inside the blocks, by shape. */
export function matrixStacks({ ranges }: ParameterLayout): readonly MatrixStack[] {
  const byShape = new Map<string, { rows: number; columns: number; starts: number[] }>();
  for (const [name, { shape, start, end }] of ranges) {
    if (!isHiddenMatrix(name, shape)) continue;
    // Queries, keys and values are three matrices that share one array.
    const parts = name.endsWith("qkv.weight") ? 3 : 1;
    const [rows, columns] = [shape[0]! / parts, shape[1]!];
    const key = `${rows}x${columns}`;
    const stack = byShape.get(key) ?? { rows, columns, starts: [] };
    byShape.set(key, stack);
    for (let at = start; at < end; at += rows * columns) stack.starts.push(at);
  }
  return [...byShape.values()];
}

/** Updates the momentum and stacks its Nesterov look-ahead. */
function gatherMomentum({ rows, columns, starts, stacked }: Stack, gradient: Float32Array, mean: Float32Array): void {
  let at = 0;
  for (const start of starts) {
    for (let i = start; i < start + rows * columns; i++, at++) {
      const g = (1 - MOMENTUM) * gradient[i]!;
      const m = MOMENTUM * mean[i]! + g;
      mean[i] = m;
      stacked[at] = MOMENTUM * m + g;
    }
  }
}

function moveAlong(
  values: Float32Array,
  { rows, columns, starts }: MatrixStack,
  directions: Float32Array,
  { learningRate, weightDecay }: { readonly learningRate: number; readonly weightDecay: number },
): void {
  const length = learningRate * MATCH_ADAMW * Math.sqrt(Math.max(rows, columns));
  const keep = 1 - learningRate * weightDecay;
  let at = 0;
  for (const start of starts) {
    for (let i = start; i < start + rows * columns; i++, at++) values[i] = keep * values[i]! - length * directions[at]!;
  }
}
