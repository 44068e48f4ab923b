import { gaussian, type Random } from "../../core/random.ts";
import type { Size } from "../../core/view.ts";
import { logUniform, uniform } from "../choice.ts";
import { jpegArtifacts } from "../jpeg-artifacts.ts";
import { blur, type PhotoSettings, photograph } from "../photograph.ts";
import type { RenderedView } from "../render.ts";
import { distort } from "./distort.ts";

/** Develops the photos of one scene, `[height, width, 3]` each. */
export type PhotoSession = (view: RenderedView, size: Size) => Uint8Array;

/** Cameras are taken to be pinholes, and so are ours: at 96 pixels this bends a photo by a third of one at most. */
const DISTORTION = 0.015;

/**
 * The photos of one scene are one camera's or a collection's: exposure, white balance, sharpness and compression stay
 * about what they are, or differ from photo to photo as far as strangers' photos of the same place do.
 */
export function photoSession(random: Random): PhotoSession {
  const spread = random() < 0.25 ? 0 : random();
  const around = (deviation: number): (() => number) => {
    const common = deviation * gaussian(random);
    return () => common + spread * deviation * gaussian(random);
  };
  const [exposure, warmth, tint] = [around(0.35), around(0.14), around(0.04)];
  const [contrast, saturation] = [around(0.14), around(0.22)];
  const isGray = random() < 0.05;
  const vignetting = random() < 0.5 ? 0 : 0.5 * random();
  const noise = 0.03 * random() ** 2;
  const shaky = random() < 0.35 ? 0.6 : 0.08;
  const soft = random() < 0.35 ? 1.1 * random() : 0;
  const aperture = random() < 0.35 ? logUniform(random, 0.15, 2) : 0;
  const distortion = random() < 0.3 ? uniform(random, -DISTORTION, DISTORTION) : 0;
  const quality = random() < 0.7 ? uniform(random, 25, 95) : undefined;
  return ({ radiance, depth }, size) => {
    const pixel = Math.max(size.width, size.height) / 96;
    const shake = random() < shaky ? pixel * 3.5 * random() ** 2 : 0;
    const heading = 2 * Math.PI * random();
    const warm = warmth();
    const settings: PhotoSettings = {
      key: Math.min(0.6, 0.28 * Math.exp(exposure())),
      whiteBalance: [Math.exp(warm), Math.exp(tint()), Math.exp(-warm)],
      vignetting,
      blur: pixel * soft * (random() < spread ? random() : 1),
      motion: [shake * Math.cos(heading), shake * Math.sin(heading)],
      noise,
      contrast: Math.exp(contrast()),
      saturation: isGray ? 0 : Math.exp(saturation()),
    };
    const light = aperture > 0 ? defocus(radiance, depth, size, { aperture, sigma: 1.4 * pixel }) : radiance;
    const seen = distortion === 0 ? light : distort(light, size, distortion);
    const rgb = photograph(seen, size, settings, random);
    if (quality !== undefined)
      jpegArtifacts(rgb, size, Math.max(15, Math.min(95, quality + 15 * spread * gaussian(random))));
    return rgb;
  };
}

/**
 * Blurs what is out of focus, the middle of the photo being in it: by how much one over the depth differs from its
 * own, times `aperture` in meters, between sharp and a Gaussian of `sigma` pixels.
 */
function defocus(
  radiance: Float32Array,
  depth: Float32Array,
  size: Size,
  { aperture, sigma }: { aperture: number; sigma: number },
): Float32Array {
  const inverse = (z: number): number => (z > 0 ? 1 / z : 0);
  const middle = (size.height >> 1) * size.width + (size.width >> 1);
  const focus = inverse(depth[middle]!);
  const soft = blur(radiance, size, sigma);
  return radiance.map((sharp, i) => {
    const share = Math.min(1, 0.5 * aperture * Math.abs(inverse(depth[(i / 3) | 0]!) - focus));
    return sharp + (soft[i]! - sharp) * share;
  });
}
