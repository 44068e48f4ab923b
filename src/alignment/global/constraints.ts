/** What of a change of the world is not free. All constraints are linear, and no parameter is in two of them. */
export interface Constraints {
  /** By parameter of `moveWorld`: 1 where it is held fixed. */
  readonly frozen: Uint8Array;
  /** Groups of parameters that change by the same amount, such as the focal lengths of one camera. */
  readonly tied: readonly (readonly number[])[];
  /** Groups of parameters that change only along a unit vector. */
  readonly directed: readonly { readonly parameters: readonly number[]; readonly direction: readonly number[] }[];
  /** Parameters whose sum stays: the logarithms of the edges' scales. */
  readonly balanced: readonly number[];
}

/** Takes what is not free out of a change or a gradient, in place: an orthogonal projection. */
export function projectFree(change: Float64Array, { frozen, tied, directed, balanced }: Constraints): void {
  for (let i = 0; i < change.length; i++) if (frozen[i]) change[i] = 0;
  for (const group of tied) {
    const mean = meanAt(change, group);
    for (const i of group) change[i] = mean;
  }
  for (const { parameters, direction } of directed) {
    const along = parameters.reduce((sum, i, k) => sum + change[i]! * direction[k]!, 0);
    parameters.forEach((i, k) => {
      change[i] = along * direction[k]!;
    });
  }
  const mean = meanAt(change, balanced);
  for (const i of balanced) change[i]! -= mean;
}

function meanAt(values: Float64Array, indices: readonly number[]): number {
  let sum = 0;
  for (const i of indices) sum += values[i]!;
  return sum / indices.length;
}
