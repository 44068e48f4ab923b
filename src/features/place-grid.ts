/** Points of the plane in square cells, to find those near a place without looking at all. */
export interface PlaceGrid {
  /** Calls for the index of every point at most `radius` from (x, y), by cell and then by index; for none if that is NaN. */
  visit(x: number, y: number, radius: number, found: (index: number) => void): void;
}

/** Cells are no smaller, for empty ones cost time, too. */
const LEAST_SIDE = 8;

/**
 * Sorts points `[n, 2]` into cells.
 * @param radius the one that will be asked for
 */
export function placeGrid(points: Float32Array, radius: number): PlaceGrid {
  const side = Math.max(radius, LEAST_SIDE);
  const count = points.length / 2;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < count; i++) {
    [left, right] = [Math.min(left, points[2 * i]!), Math.max(right, points[2 * i]!)];
    [top, bottom] = [Math.min(top, points[2 * i + 1]!), Math.max(bottom, points[2 * i + 1]!)];
  }
  const columns = count > 0 ? Math.floor((right - left) / side) + 1 : 0;
  const rows = count > 0 ? Math.floor((bottom - top) / side) + 1 : 0;
  const cellOf = (i: number): number =>
    Math.floor((points[2 * i + 1]! - top) / side) * columns + Math.floor((points[2 * i]! - left) / side);
  // A counting sort: `starts` first holds how many points each cell has, then where they begin.
  const starts = new Int32Array(columns * rows + 1);
  for (let i = 0; i < count; i++) starts[cellOf(i)]!++;
  for (let cell = 1; cell < starts.length; cell++) starts[cell]! += starts[cell - 1]!;
  const order = new Int32Array(count);
  for (let i = count - 1; i >= 0; i--) order[--starts[cellOf(i)]!] = i;

  return {
    visit(x, y, radius, found) {
      const lastColumn = Math.min(columns - 1, Math.floor((x + radius - left) / side));
      const lastRow = Math.min(rows - 1, Math.floor((y + radius - top) / side));
      const firstColumn = Math.max(0, Math.floor((x - radius - left) / side));
      if (firstColumn > lastColumn) return;
      for (let row = Math.max(0, Math.floor((y - radius - top) / side)); row <= lastRow; row++) {
        const end = starts[row * columns + lastColumn + 1]!;
        for (let at = starts[row * columns + firstColumn]!; at < end; at++) {
          const i = order[at]!;
          if ((points[2 * i]! - x) ** 2 + (points[2 * i + 1]! - y) ** 2 <= radius * radius) found(i);
        }
      }
    },
  };
}
