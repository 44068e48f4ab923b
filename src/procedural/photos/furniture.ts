import { type Random, randomInteger } from "../../core/random.ts";
import { pick, uniform } from "../choice.ts";
import { placeComposite, tree } from "../composite.ts";
import type { Material } from "../material.ts";
import { upright } from "../placement.ts";
import type { SceneObject } from "../scene-model.ts";
import { carvedBox, cylinder, ellipsoid, frustum } from "../solids.ts";
import type { Vec3 } from "../vec3.ts";
import type { Furnish, Top } from "./furnishing.ts";
import { block, moved, part } from "./parts.ts";
import { cloth, metal, plain, porcelain, print, tiles, wood } from "./surfaces.ts";

/** Doors or drawers in front of a carcass whose face is at y = `front`. */
function fronts(
  random: Random,
  { width, front, bottom, top }: { width: number; front: number; bottom: number; top: number },
  material: Material,
): SceneObject[] {
  const columns = Math.max(1, Math.round(width / uniform(random, 0.35, 0.6)));
  const rows = random() < 0.6 ? 1 : 2 + randomInteger(random, 3);
  const handle = random() < 0.7 ? metal(random) : plain(random);
  const [w, h] = [width / columns, (top - bottom) / rows];
  const parts: SceneObject[] = [];
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < rows; j++) {
      const x = (i + 0.5) * w - width / 2;
      const z = bottom + j * h;
      parts.push(block(material, [w - 0.008, 0.02, h - 0.008], [x, front - 0.01, z + 0.004]));
      parts.push(
        h > w
          ? block(handle, [0.015, 0.03, 0.15], [x + 0.38 * w, front - 0.03, z + h / 2])
          : block(handle, [0.15, 0.03, 0.015], [x, front - 0.03, z + 0.8 * h]),
      );
    }
  }
  return parts;
}

/** A kitchen counter with sink or stove, wall cupboards and splashback. */
export const counter: Furnish = (random) => {
  const [width, depth, z] = [uniform(random, 1, 2.8), 0.6, uniform(random, 0.85, 0.93)];
  const [body, top] = [random() < 0.5 ? plain(random) : wood(random), pick(random, [wood, plain, tiles])(random)];
  const parts = [
    block(body, [width, depth - 0.04, z - 0.04], [0, -depth / 2 + 0.02, 0]),
    block(top, [width + 0.02, depth + 0.02, 0.04], [0, -depth / 2, z - 0.04]),
    ...fronts(random, { width, front: -depth + 0.04, bottom: 0.1, top: z - 0.05 }, body),
  ];
  const x = uniform(random, -0.25, 0.25) * width;
  if (random() < 0.5)
    parts.push(...tap([x, -0.08, z], metal(random)), block(metal(random), [0.5, 0.4, 0.006], [x, -0.3, z]));
  else parts.push(...hob([x, -0.3, z], plain(random)));
  if (random() < 0.7) parts.push(block(tiles(random), [width, 0.01, 0.5], [0, -0.005, z]));
  const high = random() < 0.7;
  if (high) {
    const [bottom, height] = [uniform(random, 1.35, 1.5), uniform(random, 0.5, 0.8)];
    parts.push(
      block(body, [width, 0.33, height], [0, -0.17, bottom]),
      ...fronts(random, { width, front: -0.335, bottom, top: bottom + height }, body),
    );
  }
  return { parts, width, depth, height: high ? 2.1 : z, tops: [{ width, depth, z, most: 7 }] };
};

function tap(at: Vec3, steel: Material): SceneObject[] {
  return moved(
    [part(steel, cylinder(0.015, 0.25, 8), [0, 0, 0.125]), block(steel, [0.025, 0.18, 0.025], [0, -0.09, 0.24])],
    at,
  );
}

function hob(at: Vec3, top: Material): SceneObject[] {
  const dark = { ...top, base: [0.03, 0.03, 0.03] as const };
  const rings = [-1, 1].flatMap((i) =>
    [-1, 1].map((j) => part(top, cylinder(0.085, 0.012, 14), [0.14 * i, 0.12 * j, 0.012])),
  );
  return moved([block(dark, [0.56, 0.5, 0.008], [0, 0, 0]), ...rings], at);
}

/** A refrigerator, washing machine or other box of enamel. */
export const appliance: Furnish = (random) => {
  const [width, depth, height] = [0.6, uniform(random, 0.55, 0.7), pick(random, [0.85, 1.4, 1.8])];
  const body = random() < 0.7 ? porcelain(random) : metal(random);
  const parts = [
    block(body, [width, depth, height], [0, -depth / 2, 0]),
    block(body, [width - 0.02, 0.03, 0.62 * height], [0, -depth - 0.012, 0.02]),
    block(body, [width - 0.02, 0.03, 0.34 * height], [0, -depth - 0.012, 0.65 * height]),
    block(metal(random), [0.02, 0.03, 0.25], [0.24, -depth - 0.04, 0.4 * height]),
  ];
  if (height < 1) {
    const door = part(plain(random), cylinder(0.17, 0.04, 18), [0, 0, 0]);
    parts.push({
      ...door,
      placement: {
        axes: [
          [1, 0, 0],
          [0, 0, 1],
          [0, -1, 0],
        ],
        origin: [0, -depth - 0.02, 0.42],
      },
    });
  }
  return { parts, width, depth, height, tops: [{ width, depth, z: height, most: 2 }] };
};

/** A water closet with cistern, its lid up or down. */
export const toilet: Furnish = (random) => {
  const white = porcelain(random);
  const seat = random() < 0.7 ? white : wood(random);
  const open = random() < 0.5;
  const z = uniform(random, 0.38, 0.44);
  const ring = (thickness: number, y: number, height: number): SceneObject =>
    part(seat, ellipsoid([0.19, 0.24, thickness], 16, 8), [0, y, height]);
  const parts = [
    part(white, frustum(0.12, 0.19, z, 16), [0, -0.42, z / 2]),
    block(white, [0.2, 0.35, 0.8 * z], [0, -0.25, 0]),
    block(white, [0.4, 0.18, 0.38], [0, -0.1, z - 0.03]),
    block(white, [0.42, 0.2, 0.03], [0, -0.1, z + 0.35]),
    part(metal(random), cylinder(0.02, 0.02, 8), [0, -0.1, z + 0.39]),
    ring(0.025, -0.44, z + 0.015),
  ];
  if (open) {
    const lid = ring(0.02, 0, 0);
    parts.push({
      ...lid,
      placement: {
        axes: [
          [1, 0, 0],
          [0, 0.2, 0.98],
          [0, -0.98, 0.2],
        ],
        origin: [0, -0.24, z + 0.27],
      },
    });
    parts.push(
      part({ ...white, base: [0.35, 0.37, 0.38] }, ellipsoid([0.13, 0.17, 0.01], 14, 6), [0, -0.44, z + 0.035]),
    );
  } else parts.push(ring(0.02, -0.44, z + 0.04));
  return { parts, width: 0.5, depth: 0.7, height: z + 0.4 };
};

/** A washbasin on a cabinet or a pedestal under a mirror. */
export const basin: Furnish = (random) => {
  const [width, depth, z] = [uniform(random, 0.5, 1), uniform(random, 0.4, 0.52), uniform(random, 0.8, 0.88)];
  const white = porcelain(random);
  const rim = 0.05;
  const bowl = carvedBox(
    [-width / 2, rim - width / 2, width / 2 - rim, width / 2],
    [-depth, rim - depth, -0.12, 0],
    [0, 0.03, 0.15],
    (i, j, k) => !(i === 1 && j === 1 && k === 1),
  );
  const parts = [part(white, bowl, [0, 0, z - 0.15]), ...tap([0, -0.06, z], metal(random))];
  if (random() < 0.6) {
    const body = random() < 0.5 ? wood(random) : plain(random);
    parts.push(block(body, [width - 0.04, depth - 0.06, z - 0.25], [0, -depth / 2 + 0.02, 0.1]));
    parts.push(...fronts(random, { width: width - 0.04, front: 0.05 - depth, bottom: 0.12, top: z - 0.17 }, body));
  } else parts.push(part(white, cylinder(0.09, z - 0.15, 12), [0, -0.2, (z - 0.15) / 2]));
  const glass = { ...metal(random), base: [0.4, 0.43, 0.45] as const, roughness: 0.05 };
  parts.push(block(glass, [uniform(random, 0.4, width), 0.02, uniform(random, 0.5, 0.9)], [0, -0.01, z + 0.25]));
  return { parts, width, depth, height: 1.8, tops: [{ width, depth: 0.2, z, most: 3 }] };
};

/** A bathtub or a shower tray with a curtain. */
export const bathtub: Furnish = (random) => {
  const tray = random() < 0.35;
  const [width, depth, z] = [tray ? 0.9 : uniform(random, 1.5, 1.75), tray ? 0.9 : 0.75, tray ? 0.15 : 0.56];
  const [x, y] = [width / 2, depth];
  const tub = carvedBox(
    [-x, 0.07 - x, x - 0.07, x],
    [-y, 0.07 - y, -0.07, 0],
    [0, 0.08, z],
    (i, j, k) => !(i === 1 && j === 1 && k === 1),
  );
  const parts = [part(porcelain(random), tub, [0, 0, 0]), ...tap([x - 0.2, -0.05, z + 0.1], metal(random))];
  if (random() < 0.5)
    parts.push(
      ...curtain(random, { width: width * uniform(random, 0.3, 0.9), bottom: 0.25, top: 2, y: -depth + 0.03 }),
    );
  return { parts, width, depth, height: z };
};

/** Cloth hanging in folds. */
export function curtain(
  random: Random,
  { width, bottom, top, y }: { width: number; bottom: number; top: number; y: number },
): SceneObject[] {
  const material = random() < 0.5 ? plain(random) : cloth(random);
  const folds = Math.max(4, Math.round(width / 0.12));
  return Array.from({ length: folds }, (_, i) => {
    const w = width / folds;
    return block(
      material,
      [w, 0.03, top - bottom],
      [(i + 0.5) * w - width / 2, y + (i % 2 ? 0.03 : 0) + uniform(random, 0, 0.01), bottom],
    );
  });
}

/** A wardrobe, chest of drawers or sideboard. */
export const cupboard: Furnish = (random) => {
  const high = random() < 0.45;
  const [width, depth] = [uniform(random, 0.6, high ? 1.8 : 1.5), uniform(random, 0.38, 0.6)];
  const height = high ? uniform(random, 1.7, 2.2) : uniform(random, 0.6, 1.2);
  const body = random() < 0.6 ? wood(random) : plain(random);
  const parts = [
    block(body, [width, depth - 0.02, height], [0, -depth / 2 + 0.01, 0]),
    ...fronts(
      random,
      { width: width - 0.02, front: -depth + 0.02, bottom: 0.05, top: height - 0.03 },
      random() < 0.8 ? body : plain(random),
    ),
  ];
  return { parts, width, depth, height, tops: [{ width, depth, z: height, most: high ? 2 : 6 }] };
};

/** Open shelves full of books and things. */
export const bookcase: Furnish = (random) => {
  const [width, depth, height] = [uniform(random, 0.5, 1.3), uniform(random, 0.24, 0.36), uniform(random, 0.8, 2.1)];
  const board = random() < 0.7 ? wood(random) : plain(random);
  const levels = Math.max(2, Math.round(height / uniform(random, 0.3, 0.42)));
  const parts = [-1, 1].map((side) => block(board, [0.02, depth, height], [(side * width) / 2, -depth / 2, 0]));
  if (random() < 0.8) parts.push(block(board, [width, 0.01, height], [0, -0.005, 0]));
  const tops: Top[] = [{ width, depth, z: height, most: 2 }];
  for (let level = 0; level <= levels; level++) {
    const z = (level * (height - 0.02)) / levels;
    parts.push(block(board, [width, depth, 0.02], [0, -depth / 2, z]));
    const shelf = { width: width - 0.06, depth, z: z + 0.02 };
    if (level === levels) break;
    if (random() < 0.2) tops.push({ ...shelf, most: 3 });
    else parts.push(...books(random, { ...shelf, space: height / levels - 0.04 }));
  }
  return { parts, width, depth, height, tops };
};

/** Books standing side by side. */
function books(
  random: Random,
  { width, depth, z, space }: { width: number; depth: number; z: number; space: number },
): SceneObject[] {
  const parts: SceneObject[] = [];
  const shades = Array.from({ length: 4 }, () => (random() < 0.6 ? plain(random) : print(random, 0.2)));
  const end = width / 2 - uniform(random, 0, 0.6) * width;
  for (let x = -width / 2; x < end; ) {
    const w = uniform(random, 0.03, 0.09);
    const d = depth * uniform(random, 0.6, 0.9);
    parts.push(
      block(pick(random, shades), [w - 0.004, d, space * uniform(random, 0.55, 0.95)], [x + w / 2, -d / 2 - 0.02, z]),
    );
    x += w;
  }
  return parts;
}

/** A desk with screens, a keyboard, papers and drawers; now and then with a shelf above. */
export const desk: Furnish = (random) => {
  const [width, depth, z] = [uniform(random, 1, 1.9), uniform(random, 0.6, 0.85), uniform(random, 0.7, 0.76)];
  const top = random() < 0.6 ? wood(random) : plain(random);
  const leg = random() < 0.5 ? top : metal(random);
  const parts = [
    block(top, [width, depth, 0.03], [0, -depth / 2, z - 0.03]),
    ...[-1, 1].flatMap((i) =>
      [0.05, depth - 0.05].map((y) => block(leg, [0.05, 0.05, z - 0.03], [i * (width / 2 - 0.05), -y, 0])),
    ),
  ];
  if (random() < 0.6) {
    const side = random() < 0.5 ? -1 : 1;
    const x = side * (width / 2 - 0.28);
    parts.push(block(leg, [0.4, depth - 0.1, z - 0.08], [x, -depth / 2, 0.02]));
    parts.push(
      ...moved(fronts(random, { width: 0.4, front: -depth + 0.05, bottom: 0.04, top: z - 0.08 }, leg), [x, 0, 0]),
    );
  }
  const screens = randomInteger(random, 3);
  for (let i = 0; i < screens; i++)
    parts.push(
      ...moved(
        screen(random),
        [width * (screens === 1 ? uniform(random, -0.2, 0.2) : 0.4 * (i - 0.5)), -0.2, z],
        uniform(random, -0.4, 0.4),
      ),
    );
  if (screens > 0) {
    const keys = { ...print(random, 0.1), base: [0.06, 0.06, 0.06] as const };
    parts.push(block(keys, [0.42, 0.14, 0.02], [uniform(random, -0.1, 0.1), -depth + 0.2, z]));
  }
  return { parts, width, depth, height: z + (screens > 0 ? 0.5 : 0.15), tops: [{ width, depth, z, most: 10 }] };
};

function screen(random: Random): SceneObject[] {
  const [w, h] = [uniform(random, 0.4, 0.7), uniform(random, 0.28, 0.4)];
  const black = plain(random);
  const picture = { ...print(random, w), emission: random() < 0.5 ? 0 : uniform(random, 0.5, 2) };
  return [
    block(black, [w, 0.04, h], [0, 0, 0.12]),
    block(
      random() < 0.4 ? { ...black, base: [0.02, 0.02, 0.025] } : picture,
      [w - 0.03, 0.004, h - 0.03],
      [0, -0.021, 0.135],
    ),
    block(black, [0.06, 0.04, 0.14], [0, 0.02, 0]),
    block(black, [0.24, 0.18, 0.015], [0, 0, 0]),
  ];
}

/** A bed with mattress, blanket and pillows, its head at the wall. */
export const bed: Furnish = (random) => {
  const [width, depth, z] = [pick(random, [0.9, 1.4, 1.8]), 2.05, uniform(random, 0.35, 0.6)];
  const frame = random() < 0.7 ? wood(random) : cloth(random);
  const linen = cloth(random);
  const cover = cloth(random);
  const parts = [
    block(frame, [width, depth, 0.22], [0, -depth / 2, z - 0.32]),
    block(frame, [width, 0.05, uniform(random, 0.7, 1.2)], [0, -0.025, 0]),
    ...[-1, 1].flatMap((i) =>
      [0.05, depth - 0.05].map((y) => block(frame, [0.07, 0.07, z - 0.3], [i * (width / 2 - 0.05), -y, 0])),
    ),
    block(linen, [width - 0.04, depth - 0.08, 0.2], [0, -depth / 2 - 0.02, z - 0.15]),
    block(cover, [width + 0.03, depth * uniform(random, 0.5, 0.75), 0.24], [0, -depth * 0.66, z - 0.16]),
    part(cover, ellipsoid([width / 2, 0.5, 0.12], 14, 8), [
      uniform(random, -0.1, 0.1),
      -depth * uniform(random, 0.5, 0.8),
      z + 0.05,
    ]),
  ];
  for (let x = -width / 2 + 0.4; x < width / 2; x += 0.75) {
    parts.push(part(random() < 0.6 ? linen : cloth(random), ellipsoid([0.33, 0.24, 0.1], 12, 8), [x, -0.33, z + 0.1]));
  }
  return { parts, width, depth, height: 1, tops: [{ width, depth, z: z + 0.1, most: 2 }] };
};

/** A sofa or armchair. */
export const sofa: Furnish = (random) => {
  const [width, depth, z] = [pick(random, [0.85, 1.5, 2.1]), uniform(random, 0.8, 0.95), uniform(random, 0.38, 0.46)];
  const material = cloth(random);
  const seats = Math.max(1, Math.round((width - 0.3) / 0.65));
  const parts = [
    block(material, [width, depth, z - 0.12], [0, -depth / 2, 0.06]),
    block(material, [width, 0.22, uniform(random, 0.75, 0.95)], [0, -0.11, 0.06]),
    ...[-1, 1].map((i) => block(material, [0.16, depth, z + 0.15], [i * (width / 2 - 0.08), -depth / 2, 0.06])),
  ];
  const w = (width - 0.32) / seats;
  for (let i = 0; i < seats; i++) {
    const x = (i + 0.5) * w - width / 2 + 0.16;
    parts.push(block(material, [w - 0.01, depth - 0.25, 0.14], [x, -depth / 2 - 0.1, z - 0.08]));
    if (random() < 0.5) parts.push(part(cloth(random), ellipsoid([0.22, 0.1, 0.2], 12, 8), [x, -0.32, z + 0.22]));
  }
  return { parts, width, depth, height: 0.85 };
};

/** A table with chairs around it, taken as one piece. */
export const diningTable: Furnish = (random) => {
  const [w, d, z] = [
    uniform(random, 0.7, 1.8),
    uniform(random, 0.7, 1),
    random() < 0.75 ? uniform(random, 0.7, 0.78) : uniform(random, 0.38, 0.5),
  ];
  const top = random() < 0.75 ? wood(random) : plain(random);
  const leg = random() < 0.7 ? top : metal(random);
  const margin = z > 0.6 ? 0.45 : 0.05;
  const [width, depth] = [w + 2 * margin, d + 2 * margin];
  const middle = -depth / 2;
  const parts = [
    block(top, [w, d, 0.035], [0, middle, z - 0.035]),
    ...[-1, 1].flatMap((i) =>
      [-1, 1].map((j) => block(leg, [0.06, 0.06, z - 0.03], [i * (w / 2 - 0.06), middle + j * (d / 2 - 0.06), 0])),
    ),
  ];
  if (z > 0.6) {
    const seat = chairMaker(random);
    for (const yaw of [0, 0.5, 1, 1.5].map((turn) => turn * Math.PI)) {
      if (random() < 0.35) continue;
      const reach = (Math.abs(Math.cos(yaw)) > 0.5 ? d : w) / 2 + uniform(random, -0.1, 0.25);
      // Seats face the table: their own front is -y.
      parts.push(
        ...moved(seat(), [-Math.sin(yaw) * reach, middle + Math.cos(yaw) * reach, 0], yaw + uniform(random, -0.3, 0.3)),
      );
    }
  }
  return { parts, width, depth, height: z, tops: [{ y: -margin, width: w, depth: d, z, most: 9 }] };
};

/** Chairs of one kind, each around the origin and facing −y. */
function chairMaker(random: Random): () => SceneObject[] {
  const frame = random() < 0.6 ? wood(random) : metal(random);
  const cushion = random() < 0.5 ? frame : cloth(random);
  const [w, z, back] = [uniform(random, 0.38, 0.46), uniform(random, 0.43, 0.48), uniform(random, 0.35, 0.55)];
  const slats = random() < 0.5;
  return () => [
    block(cushion, [w, w, 0.04], [0, 0, z - 0.04]),
    ...[-1, 1].map((i) => block(frame, [0.035, 0.035, z + back], [i * (w / 2 - 0.02), w / 2 - 0.02, 0])),
    ...[-1, 1].map((i) => block(frame, [0.035, 0.035, z - 0.03], [i * (w / 2 - 0.02), 0.02 - w / 2, 0])),
    ...(slats
      ? [0.3, 0.6, 0.9].map((t) => block(frame, [w, 0.02, 0.05], [0, w / 2 - 0.02, z + t * back - 0.05]))
      : [block(cushion, [w, 0.03, 0.7 * back], [0, w / 2 - 0.02, z + 0.28 * back])]),
  ];
}

/** A chair on four legs, or one that swivels. */
export const chair: Furnish = (random) => {
  if (random() < 0.5)
    return {
      parts: moved(chairMaker(random)(), [0, -0.25, 0], uniform(random, -1, 1)),
      width: 0.5,
      depth: 0.5,
      height: 0.95,
    };
  const [dark, seat] = [plain(random), cloth(random)];
  const spokes = [0, 1, 2, 3, 4].map(
    (i) => moved([block(dark, [0.3, 0.04, 0.04], [0.15, 0, 0.06])], [0, 0, 0], (2 * Math.PI * i) / 5)[0]!,
  );
  const parts = [
    ...spokes,
    part(dark, cylinder(0.03, 0.36, 8), [0, 0, 0.26]),
    part(seat, ellipsoid([0.26, 0.26, 0.07], 14, 8), [0, 0, 0.47]),
    block(seat, [0.42, 0.06, uniform(random, 0.35, 0.6)], [0, 0.24, 0.6]),
    ...[-1, 1].map((i) => block(dark, [0.04, 0.26, 0.03], [0.27 * i, 0.02, 0.66])),
  ];
  return { parts: moved(parts, [0, -0.32, 0], 2 * Math.PI * random()), width: 0.64, depth: 0.64, height: 1.1 };
};

/** A pot plant, floor lamp, bin, carton or bag. */
export const oddment: Furnish = (random) => {
  const kind = randomInteger(random, 5);
  const middle: Vec3 = [0, -0.22, 0];
  const make = (): readonly SceneObject[] => {
    if (kind === 0) {
      const size = uniform(random, 0.5, 1.3);
      return [
        part(plain(random), frustum(0.12, 0.17, 0.3, 14), [0, 0, 0.15]),
        ...placeComposite(tree(random, { detail: 0.7, size }), upright([0, 0, 0.2], 0, size)),
      ];
    }
    if (kind === 1) {
      const height = uniform(random, 1.2, 1.7);
      const shade = { ...cloth(random), emission: random() < 0.5 ? 1.5 : 0 };
      return [
        part(metal(random), cylinder(0.15, 0.03, 14), [0, 0, 0.015]),
        part(metal(random), cylinder(0.015, height, 6), [0, 0, height / 2]),
        part(shade, frustum(0.2, 0.13, 0.28, 14), [0, 0, height]),
      ];
    }
    if (kind === 2)
      return [
        part(
          random() < 0.5 ? metal(random) : plain(random),
          frustum(0.11, 0.15, uniform(random, 0.25, 0.6), 14),
          [0, 0, 0.3],
        ),
      ];
    if (kind === 3) {
      const w = uniform(random, 0.2, 0.45);
      return [
        block(
          random() < 0.5 ? print(random, w) : { ...wood(random), base: [0.42, 0.28, 0.15] },
          [w, w * uniform(random, 0.6, 1), w * uniform(random, 0.5, 1.2)],
          [0, 0, 0],
        ),
      ];
    }
    return [part(cloth(random), ellipsoid([0.2, 0.14, 0.2], 12, 8), [0, 0, 0.18])];
  };
  return {
    parts: moved(make(), middle, 2 * Math.PI * random()),
    width: 0.44,
    depth: 0.44,
    height: kind < 2 ? 1.4 : 0.5,
  };
};
