/** Corner c of a cube lies at (c & 1, c >> 1 & 1, c >> 2). */
const CORNERS = 8;
/** Corners of the six faces, counter-clockwise seen from outside. */
const FACES = [
  [0, 4, 6, 2],
  [1, 3, 7, 5],
  [0, 1, 5, 4],
  [2, 6, 7, 3],
  [0, 2, 3, 1],
  [4, 5, 7, 6],
] as const;

/**
 * Marching cubes (Lorensen and Cline 1987): by which corners lie inside (bit c for corner c), the triangles that separate these from
 * the others, three edges each, counter-clockwise seen from outside. Edge 3 c + axis leads from corner c along the axis.
 * Two inside corners across a face are always separated, so that cubes which share the face agree on it.
 */
export const CUBE_TRIANGLES: readonly (readonly number[])[] = Array.from({ length: 1 << CORNERS }, (_, inside) =>
  loops(inside).flatMap(triangulated),
);

/** The closed lines in which a surface around the inside corners cuts the faces, edge by edge. */
function loops(inside: number): number[][] {
  const next = new Map<number, number>();
  for (const face of FACES) {
    for (let k = 0; k < 4; k++) {
      if (!isIn(inside, face[k]!) || isIn(inside, face[(k + 3) % 4]!)) continue;
      let last = k;
      while (isIn(inside, face[(last + 1) % 4]!)) last++;
      const enters = edgeBetween(face[(k + 3) % 4]!, face[k]!);
      next.set(enters, edgeBetween(face[last % 4]!, face[(last + 1) % 4]!));
    }
  }
  const found: number[][] = [];
  while (next.size > 0) {
    const [first] = next.keys();
    const loop: number[] = [];
    for (let edge = first; edge !== undefined; ) {
      loop.push(edge);
      const following: number | undefined = next.get(edge);
      next.delete(edge);
      edge = following !== undefined && next.has(following) ? following : undefined;
    }
    found.push(loop);
  }
  return found;
}

function isIn(inside: number, corner: number): boolean {
  return ((inside >> corner) & 1) === 1;
}

function edgeBetween(a: number, b: number): number {
  return 3 * Math.min(a, b) + Math.log2(a ^ b);
}

/** A fan from the edge whose diagonals lie in faces least: the neighboring cube might have the same diagonal there. */
function triangulated(loop: readonly number[]): number[] {
  const fans = loop.map((_, start) => [...loop.slice(start), ...loop.slice(0, start)]);
  const inFaces = ([apex, ...others]: readonly number[]) =>
    others.slice(1, -1).filter((edge) => shareFace(apex!, edge)).length;
  const [apex, ...others] = fans.reduce((best, fan) => (inFaces(fan) < inFaces(best) ? fan : best));
  return others.slice(1).flatMap((edge, k) => [apex!, others[k]!, edge]);
}

function shareFace(edge1: number, edge2: number): boolean {
  return FACES.some((face) => isOn(edge1, face) && isOn(edge2, face));
}

function isOn(edge: number, face: readonly number[]): boolean {
  const corner = Math.floor(edge / 3);
  return face.includes(corner) && face.includes(corner | (1 << (edge % 3)));
}
