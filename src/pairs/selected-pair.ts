/** Two photos by their indices, and how much speaks for showing them together: an overlap or a similarity, at most 1. */
export interface SelectedPair {
  readonly first: number;
  readonly second: number;
  readonly score: number;
}
