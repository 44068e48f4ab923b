import { type Random, randomInteger } from "../core/random.ts";
import { color } from "./material.ts";
import { TEXTURES, textureOf } from "./texture.ts";
import { mix, normalize, scale, type Vec3 } from "./vec3.ts";

/** The environment of a scene: it lights the scene, shows in reflections and has no depth. */
export interface Sky {
  /** Radiance straight up, at the horizon and straight down. */
  readonly zenith: Vec3;
  readonly horizon: Vec3;
  readonly nadir: Vec3;
  /** Toward the sun, unit length. */
  readonly sun: Vec3;
  readonly glow: Vec3;
  /** 0 for a clear sky, 1 for an overcast one. */
  readonly clouds: number;
  readonly cloudTexture: number;
}

/** A clear, cloudy, overcast or evening sky. */
export function randomSky(random: Random): Sky {
  const azimuth = 2 * Math.PI * random();
  const height = 0.25 + 0.9 * random();
  const overcast = random() < 0.3;
  const hue = 0.55 + 0.08 * random();
  const zenith = overcast ? color(0.6, 0.08, 0.75) : color(hue, 0.35 + 0.45 * random(), 0.6 + 0.3 * random());
  const horizon = overcast
    ? color(0.1, 0.03, 0.9)
    : mix(color(hue, 0.15, 0.95), color(0.08, 0.35, 0.95), random() * random());
  return {
    zenith,
    horizon,
    nadir: scale(color(0.08, 0.2, 0.5), 0.6),
    sun: normalize([Math.cos(azimuth), Math.sin(azimuth), Math.tan(height)]),
    glow: overcast ? [0, 0, 0] : [0.9, 0.7, 0.4],
    clouds: overcast ? 0.3 : random() < 0.6 ? 0.9 * random() : 0,
    cloudTexture: randomInteger(random, Math.ceil(TEXTURES / 13)) * 13,
  };
}

/** Writes the sky's linear color in the unit direction (x, y, z) to `out[0..2]`. */
export function skyColor(sky: Sky, x: number, y: number, z: number, out: Float32Array): void {
  const up = Math.sqrt(Math.max(0, z));
  const down = Math.min(1, Math.max(0, -z) * 4);
  let cover = 0;
  if (sky.clouds > 0 && z > 0.02) {
    // A cloud layer one unit above; it fades toward the horizon.
    const texture = textureOf(sky.cloudTexture, 64).levels[0]!;
    const s = 10 / (z + 0.12);
    const value = bilinear(texture, x * s, y * s);
    cover = Math.max(0, Math.min(1, (value / 255 - 0.62 + 0.35 * sky.clouds) * 3)) * Math.min(1, z * 5);
  }
  const toSun = Math.max(0, x * sky.sun[0] + y * sky.sun[1] + z * sky.sun[2]);
  const glow = toSun ** 24 * 0.6 + (toSun > 0.9994 ? 12 : 0);
  for (let c = 0; c < 3; c++) {
    const clear = sky.horizon[c]! + (sky.zenith[c]! - sky.horizon[c]!) * up;
    const above = clear + (0.95 - clear) * cover + sky.glow[c]! * glow * (1 - 0.8 * cover);
    out[c] = above + (sky.nadir[c]! - above) * down;
  }
}

function bilinear(texels: Uint8Array, u: number, v: number): number {
  const [x, y] = [Math.floor(u), Math.floor(v)];
  const [s, t] = [u - x, v - y];
  const texel = (i: number, j: number): number => texels[4 * ((j & 63) * 64 + (i & 63))]!;
  return (
    (1 - t) * ((1 - s) * texel(x, y) + s * texel(x + 1, y)) + t * ((1 - s) * texel(x, y + 1) + s * texel(x + 1, y + 1))
  );
}
