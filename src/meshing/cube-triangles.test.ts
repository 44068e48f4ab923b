import { expect, test } from "vitest";
import { CUBE_TRIANGLES } from "./cube-triangles.ts";

test("every case separates its inside corners from the others, and no more", () => {
  for (const [inside, edges] of CUBE_TRIANGLES.entries()) {
    const crossed = new Set<number>();
    for (let corner = 0; corner < 8; corner++) {
      for (let axis = 0; axis < 3; axis++) {
        const other = corner | (1 << axis);
        if (other !== corner && ((inside >> corner) & 1) !== ((inside >> other) & 1)) crossed.add(3 * corner + axis);
      }
    }
    expect(new Set(edges)).toEqual(crossed);
  }
});

test("neighbors agree on the face between them: what leaves one enters the other", () => {
  // Edges of triangles with both ends on the face x = 1 of one cube and x = 0 of the other, by the four corners' signs.
  const border = (inside: number, side: number) => {
    const on = new Set<string>();
    const edges = CUBE_TRIANGLES[inside]!;
    for (let i = 0; i < edges.length; i++) {
      const ends = [edges[i]!, edges[i % 3 === 2 ? i - 2 : i + 1]!].map((edge) => ({
        corner: Math.floor(edge / 3),
        axis: edge % 3,
      }));
      if (!ends.every(({ corner, axis }) => axis !== 0 && (corner & 1) === side)) continue;
      const [a, b] = ends.map(({ corner, axis }) => `${corner >> 1} ${axis}`);
      // A diagonal within the face goes both ways in its own cube.
      if (!on.delete(`${b} > ${a}`)) on.add(`${a} > ${b}`);
    }
    return on;
  };
  for (let left = 0; left < 256; left++) {
    for (let right = 0; right < 256; right++) {
      const signs = [1, 3, 5, 7].every((corner) => ((left >> corner) & 1) === ((right >> (corner - 1)) & 1));
      if (!signs) continue;
      const reversed = [...border(right, 0)].map((edge) => edge.split(" > ").reverse().join(" > "));
      expect(new Set(reversed)).toEqual(border(left, 1));
    }
  }
});
