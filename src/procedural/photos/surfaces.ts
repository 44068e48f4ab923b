import { type Random, randomInteger } from "../../core/random.ts";
import { logUniform, pick, uniform } from "../choice.ts";
import { color, type Material, randomMaterial } from "../material.ts";
import { textureNumber } from "../texture.ts";
import type { PATTERN } from "../texture-pattern.ts";
import { scale, type Vec3 } from "../vec3.ts";

/** Variants that exist of every pattern. */
const VARIANTS = 19;

function patterned(random: Random, ...patterns: readonly (keyof typeof PATTERN)[]): number {
  return textureNumber(pick(random, patterns), randomInteger(random, VARIANTS));
}

/** Plaster or emulsion paint, white or nearly so, at times of a color: hardly a texture to hold on to. */
export function paint(random: Random): Material {
  const base =
    random() < 0.65
      ? color(uniform(random, 0.05, 0.17), uniform(random, 0, 0.15), uniform(random, 0.7, 0.97))
      : color(random(), uniform(random, 0.1, 0.5), uniform(random, 0.45, 0.9));
  return randomMaterial(random, {
    texture: patterned(random, "noise"),
    tilesPerMeter: logUniform(random, 0.3, 2),
    base,
    contrast: 0.12 * random() ** 2,
    glossy: false,
  });
}

/** Paper on a wall: flowers, stripes, ornaments. */
export function wallpaper(random: Random): Material {
  return randomMaterial(random, {
    texture: patterned(random, "leaves", "checks", "cells", "dots", "strokes", "noise"),
    tilesPerMeter: logUniform(random, 0.7, 2.5),
    base: color(random(), uniform(random, 0.05, 0.4), uniform(random, 0.5, 0.95)),
    contrast: uniform(random, 0.1, 0.6),
    glossy: false,
  });
}

/** Boards, veneer and parquet, light to nearly black. */
export function wood(random: Random): Material {
  return randomMaterial(random, {
    texture: random() < 0.75 ? patterned(random, "wood") : patterned(random, "bricks", "strokes"),
    tilesPerMeter: logUniform(random, 0.8, 3),
    base: color(uniform(random, 0.04, 0.1), uniform(random, 0.25, 0.75), uniform(random, 0.2, 0.85)),
    contrast: uniform(random, 0.06, 0.35),
    glossy: random() < 0.4,
  });
}

/** Ceramic or stone tiles in a regular grid. */
export function tiles(random: Random): Material {
  return randomMaterial(random, {
    texture: patterned(random, "bricks", "bricks", "checks"),
    tilesPerMeter: logUniform(random, 0.35, 1.6),
    base: color(uniform(random, 0, 0.6), uniform(random, 0, 0.3), uniform(random, 0.35, 0.95)),
    contrast: uniform(random, 0.08, 0.5),
    glossy: random() < 0.5,
  });
}

/** Carpet, upholstery, bedding and curtains. */
export function cloth(random: Random): Material {
  return randomMaterial(random, {
    texture: patterned(random, "noise", "noise", "strokes", "checks", "leaves", "dots"),
    tilesPerMeter: logUniform(random, 0.8, 4),
    base: color(random(), uniform(random, 0, 0.7), uniform(random, 0.15, 0.9)),
    contrast: 0.7 * random() ** 1.5,
    glossy: false,
  });
}

/** Lacquer, plastic, enamel and porcelain: one color, often white or black. */
export function plain(random: Random): Material {
  const gray = random() < 0.75;
  return randomMaterial(random, {
    base: gray
      ? color(0.1, 0.05 * random(), pick(random, [uniform(random, 0.05, 0.25), uniform(random, 0.6, 0.97)]))
      : color(random(), uniform(random, 0.3, 0.9), uniform(random, 0.3, 0.9)),
    contrast: 0.04 * random(),
    glossy: random() < 0.5,
  });
}

/** White porcelain. */
export function porcelain(random: Random): Material {
  return { ...plain(random), base: color(0.1, 0.04 * random(), uniform(random, 0.8, 0.97)), metallic: false };
}

/** Steel, chrome, aluminium. */
export function metal(random: Random): Material {
  return {
    ...randomMaterial(random, { base: scale([1, 0.98, 0.95], uniform(random, 0.1, 0.5)), contrast: 0.1, glossy: true }),
    reflectance: uniform(random, 0.3, 0.7),
    metallic: true,
  };
}

/** Print on something `size` meters wide: covers, labels, posters, photographs. */
export function print(random: Random, size: number): Material {
  return randomMaterial(random, {
    texture: patterned(random, "glyphs", "leaves", "leaves", "checks", "noise", "cells"),
    tilesPerMeter: logUniform(random, 0.5, 1.3) / size,
  });
}

/** What houses are faced with: render, brick, ashlar. */
export function masonry(random: Random): Material {
  if (random() < 0.4) return paint(random);
  return randomMaterial(random, {
    texture: patterned(random, "bricks", "bricks", "noise", "cells"),
    tilesPerMeter: logUniform(random, 0.25, 1),
    base: color(uniform(random, 0, 0.13), uniform(random, 0.05, 0.55), uniform(random, 0.35, 0.85)),
    contrast: uniform(random, 0.1, 0.6),
    glossy: false,
  });
}

/** Asphalt, concrete, flagstones or gravel. */
export function pavement(random: Random): Material {
  return randomMaterial(random, {
    texture: patterned(random, "noise", "noise", "dots", "bricks", "cells"),
    tilesPerMeter: logUniform(random, 0.25, 1.2),
    base: color(uniform(random, 0.05, 0.6), uniform(random, 0, 0.12), uniform(random, 0.25, 0.7)),
    contrast: uniform(random, 0.05, 0.5),
    glossy: false,
  });
}

/** Lawn or meadow. */
export function grass(random: Random): Material {
  const green: Vec3 = [uniform(random, 0.04, 0.2), uniform(random, 0.1, 0.28), uniform(random, 0.02, 0.06)];
  return randomMaterial(random, {
    texture: patterned(random, "noise", "strokes"),
    tilesPerMeter: logUniform(random, 0.4, 1.5),
    base: green,
    contrast: uniform(random, 0.3, 0.9),
    glossy: false,
  });
}
