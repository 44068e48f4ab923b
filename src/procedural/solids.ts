import { addFace, addVertex, draftMesh, finishMesh, type Mesh, mergeMeshes } from "./mesh.ts";
import { add, cross, normalize, scale, subtract, type Vec3 } from "./vec3.ts";

/** An axis-aligned box around the origin with edges of length `size`. */
export function box(size: Vec3): Mesh {
  const [x, y, z] = scale(size, 0.5);
  return carvedBox([-x, x], [-y, y], [-z, z], () => true);
}

/** Which cells of a grid are solid. */
export type CellTest = (i: number, j: number, k: number) => boolean;

/**
 * Exact boolean differences and unions of axis-aligned boxes: the grid planes `xs`, `ys`, `zs` (ascending) cut space
 * into cells, `solid` keeps some, and every face between a solid cell and air becomes a rectangle. Rooms with windows,
 * stairs, arches, shelves and notched blocks are all made of this.
 */
export function carvedBox(xs: readonly number[], ys: readonly number[], zs: readonly number[], solid: CellTest): Mesh {
  const planes = [xs, ys, zs];
  const filled = (cell: Vec3): boolean =>
    cell.every((c, axis) => c >= 0 && c < planes[axis]!.length - 1) && solid(...cell);
  const draft = draftMesh();
  for (let i = 0; i < xs.length - 1; i++) {
    for (let j = 0; j < ys.length - 1; j++) {
      for (let k = 0; k < zs.length - 1; k++) {
        const cell: Vec3 = [i, j, k];
        if (!filled(cell)) continue;
        for (let axis = 0; axis < 3; axis++) {
          for (const side of [0, 1]) {
            const neighbor = cell.map((c, a) => (a === axis ? c + 2 * side - 1 : c)) as unknown as Vec3;
            if (!filled(neighbor)) addFace(draft, cellFace(planes, cell, axis, side));
          }
        }
      }
    }
  }
  return finishMesh(draft);
}

function cellFace(planes: readonly (readonly number[])[], cell: Vec3, axis: number, side: number): Vec3[] {
  const u = (axis + 1) % 3;
  const v = (axis + 2) % 3;
  const around = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ];
  if (side === 0) around.reverse();
  return around.map(([du = 0, dv = 0]) => {
    const corner: [number, number, number] = [0, 0, 0];
    corner[axis] = planes[axis]![cell[axis]! + side]!;
    corner[u] = planes[u]![cell[u]! + du]!;
    corner[v] = planes[v]![cell[v]! + dv]!;
    return corner;
  });
}

/** The unit sphere scaled by `radii`, from `rings` bands of `segments` quads. */
export function ellipsoid(radii: Vec3, segments: number, rings: number): Mesh {
  const draft = draftMesh();
  for (let r = 0; r <= rings; r++) {
    const polar = (Math.PI * r) / rings;
    for (let s = 0; s < segments; s++) {
      const azimuth = (2 * Math.PI * s) / segments;
      const unit: Vec3 = [Math.sin(polar) * Math.cos(azimuth), Math.sin(polar) * Math.sin(azimuth), Math.cos(polar)];
      const normal = normalize([unit[0] / radii[0], unit[1] / radii[1], unit[2] / radii[2]]);
      addVertex(draft, [unit[0] * radii[0], unit[1] * radii[1], unit[2] * radii[2]], normal);
    }
  }
  addBand(draft.triangles, { first: 0, segments, rings, closed: false });
  return finishMesh(draft);
}

/** A ring of radius `major` around z with a tube of radius `minor`. */
export function torus(major: number, minor: number, segments: number, sides: number): Mesh {
  const draft = draftMesh();
  for (let r = 0; r < sides; r++) {
    const around = (-2 * Math.PI * r) / sides;
    for (let s = 0; s < segments; s++) {
      const azimuth = (2 * Math.PI * s) / segments;
      const normal: Vec3 = [
        Math.cos(around) * Math.cos(azimuth),
        Math.cos(around) * Math.sin(azimuth),
        Math.sin(around),
      ];
      addVertex(draft, add([major * Math.cos(azimuth), major * Math.sin(azimuth), 0], scale(normal, minor)), normal);
    }
  }
  addBand(draft.triangles, { first: 0, segments, rings: sides, closed: true });
  return finishMesh(draft);
}

/** Quads between successive rings of vertices, the later ring lying counter-clockwise below the earlier one. */
function addBand(triangles: number[], band: { first: number; segments: number; rings: number; closed: boolean }): void {
  const { first, segments, rings, closed } = band;
  for (let r = 0; r < rings; r++) {
    const upper = first + r * segments;
    const lower = first + (closed ? (r + 1) % rings : r + 1) * segments;
    for (let s = 0; s < segments; s++) {
      const next = (s + 1) % segments;
      triangles.push(upper + s, lower + s, lower + next, upper + s, lower + next, upper + next);
    }
  }
}

/** A corner of a lathe's profile: distance from the axis and height. */
export type ProfilePoint = readonly [radius: number, z: number];

/**
 * The solid of revolution of a profile around z: cylinders, cones, vases, bowls, columns. The profile runs from the
 * top of the axis down its outer side (and, for a vessel, up the inside); every corner of it is a sharp edge.
 */
export function lathe(profile: readonly ProfilePoint[], segments: number): Mesh {
  const draft = draftMesh();
  for (let i = 1; i < profile.length; i++) {
    const [r0, z0] = profile[i - 1]!;
    const [r1, z1] = profile[i]!;
    const length = Math.hypot(r1 - r0, z1 - z0);
    if (length === 0) continue;
    const outward = (z0 - z1) / length;
    const upward = (r1 - r0) / length;
    const first = draft.positions.length / 3;
    for (const [radius, z] of [profile[i - 1]!, profile[i]!]) {
      for (let s = 0; s < segments; s++) {
        const azimuth = (2 * Math.PI * s) / segments;
        const [c, d] = [Math.cos(azimuth), Math.sin(azimuth)];
        addVertex(draft, [radius * c, radius * d, z], [outward * c, outward * d, upward]);
      }
    }
    addBand(draft.triangles, { first, segments, rings: 1, closed: false });
  }
  return finishMesh(draft);
}

/** An upright cylinder around the origin. */
export function cylinder(radius: number, height: number, segments: number): Mesh {
  return frustum(radius, radius, height, segments);
}

/** A cone around the origin, cut off where its radius is `top`; a full cone has `top` 0. */
export function frustum(bottom: number, top: number, height: number, segments: number): Mesh {
  const h = height / 2;
  return lathe(
    [
      [0, h],
      [top, h],
      [bottom, -h],
      [0, -h],
    ],
    segments,
  );
}

/** A right prism around the origin whose cross-section is star-shaped around the origin, counter-clockwise. */
export function prism(outline: readonly (readonly [number, number])[], height: number): Mesh {
  const draft = draftMesh();
  const h = height / 2;
  for (let i = 0; i < outline.length; i++) {
    const [ax, ay] = outline[i]!;
    const [bx, by] = outline[(i + 1) % outline.length]!;
    addFace(draft, [
      [ax, ay, -h],
      [bx, by, -h],
      [bx, by, h],
      [ax, ay, h],
    ]);
    addFace(draft, [
      [0, 0, h],
      [ax, ay, h],
      [bx, by, h],
    ]);
    addFace(draft, [
      [0, 0, -h],
      [bx, by, -h],
      [ax, ay, -h],
    ]);
  }
  return finishMesh(draft);
}

/** A thin round bar from `from` to `to`, open at its ends. */
export function stick(from: Vec3, to: Vec3, radius: number, sides = 5): Mesh {
  const axis = normalize(subtract(to, from));
  const u = normalize(cross(axis, Math.abs(axis[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0]));
  const v = cross(axis, u);
  const draft = draftMesh();
  for (const end of [to, from]) {
    for (let s = 0; s < sides; s++) {
      const angle = (2 * Math.PI * s) / sides;
      const normal = add(scale(u, Math.cos(angle)), scale(v, Math.sin(angle)));
      addVertex(draft, add(end, scale(normal, radius)), normal);
    }
  }
  addBand(draft.triangles, { first: 0, segments: sides, rings: 1, closed: false });
  return finishMesh(draft);
}

/** Bars along `edges`, pairs of points. */
export function wireframe(edges: readonly (readonly [Vec3, Vec3])[], radius: number): Mesh {
  return mergeMeshes(edges.map(([from, to]) => stick(from, to, radius)));
}

/** A tile of ground `[-size/2, size/2]²` of `cells` × `cells` quads at the heights of `height(x, y)`, without underside. */
export function heightField(size: number, cells: number, height: (x: number, y: number) => number): Mesh {
  const draft = draftMesh();
  const at = (i: number): number => (i / cells - 0.5) * size;
  const step = size / cells;
  for (let j = 0; j <= cells; j++) {
    for (let i = 0; i <= cells; i++) {
      const [x, y] = [at(i), at(j)];
      const slopeX = (height(x + step / 2, y) - height(x - step / 2, y)) / step;
      const slopeY = (height(x, y + step / 2) - height(x, y - step / 2)) / step;
      addVertex(draft, [x, y, height(x, y)], normalize([-slopeX, -slopeY, 1]));
    }
  }
  for (let j = 0; j < cells; j++) {
    for (let i = 0; i < cells; i++) {
      const a = j * (cells + 1) + i;
      const b = a + cells + 1;
      draft.triangles.push(a, a + 1, b + 1, a, b + 1, b);
    }
  }
  return finishMesh(draft);
}
