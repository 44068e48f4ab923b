/** Two photos by their indices, and the score of the pair: an overlap or a similarity, at most 1. */
export interface SelectedPair {
  readonly first: number;
  readonly second: number;
  readonly score: number;
}
