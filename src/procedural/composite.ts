import { gaussian, type Random, randomInteger } from "../core/random.ts";
import { logUniform, pick, uniform } from "./choice.ts";
import { deform, displacement } from "./deform.ts";
import { type Material, randomMaterial } from "./material.ts";
import { pointAt } from "./mesh.ts";
import { type Placement, placePoint } from "./placement.ts";
import { randomPrimitive, rock } from "./primitive.ts";
import type { SceneObject } from "./scene-model.ts";
import { ellipsoid, stick } from "./solids.ts";
import { cross, normalize, scale, subtract, type Vec3 } from "./vec3.ts";

/** Several parts that form one thing, in a frame of their own: about one unit large, standing on z = 0. */
export type Composite = readonly SceneObject[];

/** What is left out of a composite's choice is drawn. */
export interface CompositeOptions {
  /** Tessellation: 1 suits pictures up to about 200 pixels wide. */
  readonly detail: number;
  /** Meters per unit at which it will be placed, so that textures come out life-size. */
  readonly size: number;
}

/** One to nine primitives, touching or intersecting, in one to three materials. */
export function randomComposite(random: Random, { detail, size }: CompositeOptions): Composite {
  const count = 1 + randomInteger(random, random() < 0.5 ? 3 : 9);
  const materials = Array.from({ length: 1 + randomInteger(random, 3) }, () => materialAtSize(random, size));
  const stacked = random() < 0.4;
  let top = 0;
  const parts = Array.from({ length: count }, (): SceneObject => {
    const extent = (stacked ? uniform(random, 0.3, 0.6) : logUniform(random, 0.3, 1)) / (count > 4 ? 1.3 : 1);
    top += 0.6 * extent;
    const lift = stacked ? top : uniform(random, -0.3, 0.3);
    const shift = stacked ? 0.12 : count === 1 ? 0 : 0.3;
    return {
      mesh: randomPrimitive(random, detail),
      material: pick(random, materials),
      placement: {
        axes: randomAxes(random, extent),
        origin: [shift * gaussian(random), shift * gaussian(random), lift],
      },
    };
  });
  return settle(parts);
}

/** A tree or bush: a trunk and clumps of leaves. */
export function tree(random: Random, { detail, size }: CompositeOptions): Composite {
  const bark = randomMaterial(random, { base: [0.12, 0.07, 0.04], tilesPerMeter: 1 });
  const green: Vec3 = [uniform(random, 0.03, 0.2), uniform(random, 0.12, 0.3), uniform(random, 0.02, 0.06)];
  const leaves: Material = {
    ...randomMaterial(random, { base: green, contrast: 1.2, glossy: false, texture: pick(random, [1, 8, 9, 22]) }),
    tilesPerMeter: logUniform(random, 0.5, 2) / Math.max(1, size / 4),
  };
  const height = uniform(random, 0.2, 0.55);
  const parts: SceneObject[] = [
    {
      mesh: stick([0, 0, 0], [0.04 * gaussian(random), 0.04 * gaussian(random), height + 0.2], 0.035, 8),
      material: bark,
      placement: IDENTITY,
    },
  ];
  const clumps = 2 + randomInteger(random, 4);
  for (let clump = 0; clump < clumps; clump++) {
    const lumps = displacement(random, { amplitude: 0.09, wavelength: 0.25 });
    const segments = Math.round(14 * detail);
    parts.push({
      mesh: deform(ellipsoid([0.45, 0.45, 0.4], segments, Math.round(segments * 0.7)), lumps),
      material: leaves,
      placement: {
        axes: randomAxes(random, uniform(random, 0.4, 0.8)),
        origin: [0.14 * gaussian(random), 0.14 * gaussian(random), height + uniform(random, 0.05, 0.45)],
      },
    });
  }
  return parts;
}

/** A heap of one to three rocks. */
export function rocks(random: Random, { detail, size }: CompositeOptions): Composite {
  const material = materialAtSize(random, size);
  return settle(
    Array.from({ length: 1 + randomInteger(random, 3) }, () => ({
      mesh: rock(random, detail),
      material,
      placement: {
        axes: randomAxes(random, uniform(random, 0.4, 0.9)),
        origin: [0.3 * gaussian(random), 0.3 * gaussian(random), 0] as Vec3,
      },
    })),
  );
}

const IDENTITY: Placement = {
  axes: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  origin: [0, 0, 0],
};

/** A material whose texture repeats about once or twice across a thing of `size` meters. */
export function materialAtSize(random: Random, size: number): Material {
  return randomMaterial(random, { tilesPerMeter: logUniform(random, 0.35, 2) / size });
}

/** Right-handed axes of length `size`, in half of the cases upright with a turn of any angle. */
export function randomAxes(random: Random, size: number): Placement["axes"] {
  const z: Vec3 = random() < 0.55 ? [0, 0, 1] : normalize([gaussian(random), gaussian(random), gaussian(random)]);
  const toward: Vec3 = [gaussian(random), gaussian(random), gaussian(random)];
  const x = normalize(cross(toward, z));
  return [scale(x, size), scale(cross(z, x), size), scale(z, size)];
}

/** Moves parts up or down until the lowest point of all is at z = 0. */
function settle(parts: readonly SceneObject[]): Composite {
  let lowest = Infinity;
  for (const { mesh, placement } of parts) {
    for (let v = 0; v < mesh.positions.length / 3; v++) {
      lowest = Math.min(lowest, placePoint(placement, pointAt(mesh.positions, v))[2]);
    }
  }
  return parts.map((part) => ({
    ...part,
    placement: { ...part.placement, origin: subtract(part.placement.origin, [0, 0, lowest]) },
  }));
}

/** The parts of a composite at a place of the scene. */
export function placeComposite(composite: Composite, outer: Placement): SceneObject[] {
  const turn = (v: Vec3): Vec3 => subtract(placePoint(outer, v), outer.origin);
  return composite.map((part) => ({
    ...part,
    placement: {
      axes: part.placement.axes.map(turn) as unknown as Placement["axes"],
      origin: placePoint(outer, part.placement.origin),
    },
  }));
}
