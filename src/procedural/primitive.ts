import { gaussian, type Random, randomInteger } from "../core/random.ts";
import { logUniform, pick, uniform } from "./choice.ts";
import { deform, displacement, subdivide, twistAndTaper } from "./deform.ts";
import type { Mesh } from "./mesh.ts";
import {
  box,
  carvedBox,
  cylinder,
  ellipsoid,
  frustum,
  lathe,
  type ProfilePoint,
  prism,
  stick,
  torus,
  wireframe,
} from "./solids.ts";
import { mix, normalize, type Vec3 } from "./vec3.ts";

type Recipe = (random: Random, detail: number) => Mesh;

/** A random building block, about one unit large around the origin; `detail` 1 suits small pictures. */
export function randomPrimitive(random: Random, detail: number): Mesh {
  const mesh = pick(random, RECIPES)(random, detail);
  return random() < 0.2 ? disturb(mesh, random, detail) : mesh;
}

/** A rock: a displaced ellipsoid. */
export function rock(random: Random, detail: number): Mesh {
  const radii: Vec3 = [uniform(random, 0.35, 0.6), uniform(random, 0.35, 0.6), uniform(random, 0.25, 0.5)];
  const segments = Math.round(14 * detail);
  const lumps = displacement(random, { amplitude: uniform(random, 0.04, 0.12), wavelength: uniform(random, 0.3, 0.9) });
  return deform(ellipsoid(radii, segments, Math.round(segments * 0.6)), lumps);
}

/** A vessel, baluster or column of revolution. */
export function vessel(random: Random, detail: number): Mesh {
  const corners = 3 + randomInteger(random, 5);
  const hollow = random() < 0.5;
  const outer: ProfilePoint[] = Array.from({ length: corners }, (_, i) => [
    uniform(random, 0.15, 0.5),
    0.5 - i / (corners - 1),
  ]);
  const smooth = smoothProfile(outer, Math.ceil(2 * detail));
  const wall = 0.04;
  const inner = smooth.map(([r, z]): ProfilePoint => [Math.max(0.02, r - wall), Math.max(z, -0.45)]).reverse();
  const bottom: ProfilePoint = [0, -0.5];
  const profile: ProfilePoint[] = hollow ? [[0, -0.45], ...inner, ...smooth, bottom] : [[0, 0.5], ...smooth, bottom];
  return lathe(profile, Math.round(18 * detail));
}

/** Catmull-Rom interpolation of a profile with `steps` points per piece. */
function smoothProfile(points: readonly ProfilePoint[], steps: number): ProfilePoint[] {
  const at = (i: number): ProfilePoint => points[Math.max(0, Math.min(points.length - 1, i))]!;
  const smooth: ProfilePoint[] = [at(0)];
  for (let i = 0; i < points.length - 1; i++) {
    for (let s = 1; s <= steps; s++) {
      const t = s / steps;
      const [a, b, c, d] = [at(i - 1)[0], at(i)[0], at(i + 1)[0], at(i + 2)[0]];
      const r = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t ** 3);
      smooth.push([Math.max(0.03, r), at(i)[1] + t * (at(i + 1)[1] - at(i)[1])]);
    }
  }
  return smooth;
}

/** A box from which smaller boxes were taken away. */
function notchedBox(random: Random): Mesh {
  const cuts = (): number[] => {
    const inner = Array.from({ length: 1 + randomInteger(random, 3) }, () => uniform(random, -0.4, 0.4));
    return [-0.5, ...inner.sort((a, b) => a - b), 0.5];
  };
  const density = uniform(random, 0.45, 0.85);
  const [xs, ys, zs] = [cuts(), cuts(), cuts()];
  const keep = Array.from({ length: xs.length * ys.length * zs.length }, () => random() < density);
  keep[0] = true;
  return carvedBox(xs, ys, zs, (i, j, k) => keep[(i * ys.length + j) * zs.length + k]!);
}

/** Steps rising along x. */
export function stairs(steps: number): Mesh {
  const planes = Array.from({ length: steps + 1 }, (_, i) => i / steps - 0.5);
  return carvedBox(planes, [-0.5, 0.5], planes, (i, _j, k) => k <= i);
}

/** A table or stool: a slab on four legs. */
export function table(random: Random): Mesh {
  const leg = uniform(random, 0.05, 0.12);
  const slab = uniform(random, 0.04, 0.12);
  const planes = [-0.5, leg - 0.5, 0.5 - leg, 0.5];
  return carvedBox(planes, planes, [-0.5, 0.5 - slab, 0.5], (i, j, k) => k === 1 || (i !== 1 && j !== 1));
}

/** Shelves between two sides, with or without a back. */
export function shelf(random: Random): Mesh {
  const boards = 2 + randomInteger(random, 4);
  const thickness = 0.03;
  const zs: number[] = [];
  for (let i = 0; i < boards; i++) {
    const z = (i / (boards - 1)) * (1 - thickness) - 0.5;
    zs.push(z, z + thickness);
  }
  const back = random() < 0.6;
  return carvedBox(
    [-0.5, thickness - 0.5, 0.5 - thickness, 0.5],
    [-0.25, 0.22, 0.25],
    zs,
    (i, j, k) => i !== 1 || k % 2 === 0 || (back && j === 1),
  );
}

/** The edges of a box, pyramid or prism, or a tangle, as bars. */
function randomWireframe(random: Random): Mesh {
  const radius = logUniform(random, 0.012, 0.04);
  const kind = random();
  if (kind < 0.25) {
    const point = (): Vec3 => [uniform(random, -0.5, 0.5), uniform(random, -0.5, 0.5), uniform(random, -0.5, 0.5)];
    return wireframe(
      Array.from({ length: 3 + randomInteger(random, 7) }, (): [Vec3, Vec3] => [point(), point()]),
      radius,
    );
  }
  const sides = kind < 0.6 ? 4 : 3 + randomInteger(random, 4);
  const top = kind < 0.8 ? 1 : 0.02;
  const levels = 2 + randomInteger(random, 2);
  const corner = (i: number, level: number): Vec3 => {
    const t = level / (levels - 1);
    const r = 0.6 * (1 + (top - 1) * t);
    const angle = (2 * Math.PI * (i + 0.5)) / sides;
    return [r * Math.cos(angle), r * Math.sin(angle), t - 0.5];
  };
  const edges: [Vec3, Vec3][] = [];
  for (let level = 0; level < levels; level++) {
    for (let i = 0; i < sides; i++) {
      edges.push([corner(i, level), corner(i + 1, level)]);
      if (level > 0) edges.push([corner(i, level - 1), corner(i, level)]);
    }
  }
  return wireframe(edges, radius);
}

function randomPrism(random: Random): Mesh {
  const corners = 3 + randomInteger(random, 6);
  const star = random() < 0.35;
  const count = star ? 2 * corners : corners;
  const outline = Array.from({ length: count }, (_, i): [number, number] => {
    const angle = (2 * Math.PI * i) / count;
    const r = star && i % 2 ? uniform(random, 0.2, 0.3) : 0.5;
    return [r * Math.cos(angle), r * Math.sin(angle)];
  });
  return prism(outline, uniform(random, 0.3, 1));
}

function bars(random: Random): Mesh {
  const count = 3 + randomInteger(random, 6);
  const edges = Array.from({ length: count }, (_, i): [Vec3, Vec3] => {
    const x = i / (count - 1) - 0.5;
    return [
      [x, 0, -0.5],
      [x, 0, 0.5],
    ];
  });
  edges.push(
    [
      [-0.5, 0, 0.3],
      [0.5, 0, 0.3],
    ],
    [
      [-0.5, 0, -0.3],
      [0.5, 0, -0.3],
    ],
  );
  return wireframe(edges, logUniform(random, 0.01, 0.035));
}

function bough(random: Random): Mesh {
  const end = normalize([gaussian(random), gaussian(random), 1]);
  return stick(mix([0, 0, 0], end, -0.5), mix([0, 0, 0], end, 0.5), logUniform(random, 0.02, 0.08), 6);
}

/** Displaces, twists or tapers a mesh that is fine enough for it. */
function disturb(mesh: Mesh, random: Random, detail: number): Mesh {
  const times = mesh.triangles.length < 3 * 40 ? 2 : mesh.triangles.length < 3 * 160 ? 1 : 0;
  const fine = subdivide(mesh, times + (detail > 1.5 ? 1 : 0));
  if (random() < 0.5) {
    const options = { amplitude: uniform(random, 0.02, 0.08), wavelength: uniform(random, 0.3, 0.8) };
    return deform(fine, displacement(random, options));
  }
  return deform(fine, twistAndTaper(uniform(random, -2.5, 2.5), uniform(random, -0.7, 0.7)));
}

const around = (detail: number): number => Math.round(16 * detail);

const RECIPES: readonly Recipe[] = [
  (random) => box([uniform(random, 0.3, 1), uniform(random, 0.3, 1), uniform(random, 0.3, 1)]),
  (random) => box([1, uniform(random, 0.05, 1), uniform(random, 0.05, 1)]),
  (random, detail) =>
    ellipsoid(
      [uniform(random, 0.25, 0.5), uniform(random, 0.25, 0.5), uniform(random, 0.25, 0.5)],
      around(detail),
      Math.round(10 * detail),
    ),
  (random, detail) => cylinder(uniform(random, 0.1, 0.5), uniform(random, 0.2, 1), around(detail)),
  (random, detail) =>
    frustum(uniform(random, 0.2, 0.5), uniform(random, 0, 0.4), uniform(random, 0.4, 1), around(detail)),
  (random, detail) => torus(0.37, uniform(random, 0.04, 0.13), around(detail), Math.round(8 * detail)),
  randomPrism,
  vessel,
  rock,
  notchedBox,
  notchedBox,
  (random) => stairs(2 + randomInteger(random, 5)),
  table,
  shelf,
  randomWireframe,
  bars,
  bough,
];
