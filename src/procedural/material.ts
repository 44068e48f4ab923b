import { type Random, randomInteger } from "../core/random.ts";
import { TEXTURES, type Texture } from "./texture.ts";
import { mix, scale, subtract, type Vec3 } from "./vec3.ts";

/** Reflectance of a surface. Colors are linear RGB. */
export interface Material {
  /**
   * The number of its pattern, or a picture; mapped onto each face along the axis of the object's frame that the face
   * looks to, unless the mesh has coordinates of its own.
   */
  readonly texture: number | Texture;
  /** Repeats of the texture per metre. */
  readonly tilesPerMeter: number;
  /** Rotation of the texture, in radians. */
  readonly rotation: number;
  /** Albedo where all channels of the texture are at one half. */
  readonly base: Vec3;
  /** What a channel adds to the albedo on its way from 0 to 1. */
  readonly channels: readonly [Vec3, Vec3, Vec3];
  /** 0 for a mirror-smooth, 1 for a matt surface. */
  readonly roughness: number;
  /** Share of light reflected at normal incidence: 0 for cloth, 0.04 for varnish, more for metal. */
  readonly reflectance: number;
  /** Metallic: reflections are tinted with the albedo, and there is hardly any diffuse part. */
  readonly metallic: boolean;
  /** Radiance that the surface gives off by itself, as a multiple of its albedo. */
  readonly emission: number;
  /** Shows on both sides of its faces; by default only on the outer one. */
  readonly twoSided?: boolean;
}

/** A color by hue in [0, 1), saturation and value, made linear. */
export function color(hue: number, saturation: number, value: number): Vec3 {
  const channel = (offset: number): number => {
    const k = (offset + hue * 6) % 6;
    return (value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)))) ** 2.2;
  };
  return [channel(5), channel(3), channel(1)];
}

/** A color as buildings, wood, stone, plants and cloth have it: mostly muted, at times vivid. */
function randomColor(random: Random): Vec3 {
  const family = random();
  const value = 0.25 + 0.7 * random();
  if (family < 0.4) return color(0.04 + 0.1 * random(), 0.1 + 0.5 * random(), value);
  if (family < 0.64) return color(random(), 0.14 * random(), value);
  if (family < 0.76) return color(0.18 + 0.2 * random(), 0.15 + 0.45 * random(), 0.8 * value);
  return color(random(), 0.25 + 0.6 * random(), value);
}

/** Wishes for a random material; what is left out is drawn. */
export interface MaterialOptions {
  readonly texture?: number;
  readonly tilesPerMeter?: number;
  readonly base?: Vec3;
  readonly contrast?: number;
  readonly glossy?: boolean;
}

/** How a picture answers to light: its colors are the albedo, times `tint`. */
export function picturedMaterial(texture: Texture, tilesPerMeter: number, tint: Vec3 = [1, 1, 1]): Material {
  return {
    texture,
    tilesPerMeter,
    rotation: 0,
    base: scale(tint, 0.5),
    channels: [
      [tint[0], 0, 0],
      [0, tint[1], 0],
      [0, 0, tint[2]],
    ],
    roughness: 0.8,
    reflectance: 0,
    metallic: false,
    emission: 0,
  };
}

/** A random material: any texture and colors, one in eight without texture, one in four glossy. */
export function randomMaterial(random: Random, options: MaterialOptions = {}): Material {
  const texture = options.texture ?? randomInteger(random, TEXTURES);
  const base = options.base ?? randomColor(random);
  const contrast = options.contrast ?? (random() < 0.12 ? 0.03 * random() : 0.35 + 0.65 * random());
  const light = mix(base, [1, 1, 1], 0.25 + 0.4 * random());
  const dark = scale(base, 0.15 + 0.4 * random());
  const other = random() < 0.4 ? randomColor(random) : mix(base, randomColor(random), 0.4);
  const glossy = options.glossy ?? random() < 0.25;
  const metallic = glossy && random() < 0.3;
  return {
    texture,
    tilesPerMeter: options.tilesPerMeter ?? 0.3 * 8 ** random(),
    rotation: random() < 0.6 ? (Math.PI / 2) * randomInteger(random, 4) : 2 * Math.PI * random(),
    base,
    channels: [
      scale(subtract(light, dark), contrast),
      scale(subtract(other, base), 0.9 * contrast),
      scale(base, 0.8 * contrast),
    ],
    roughness: glossy ? 0.05 + 0.4 * random() : 0.6 + 0.4 * random(),
    reflectance: metallic ? 0.5 + 0.4 * random() : glossy ? 0.04 + 0.08 * random() : 0,
    metallic,
    emission: 0,
  };
}
