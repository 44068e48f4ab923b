import { seededRandom } from "../../core/random.ts";
import type { PixelMapping, Size, View } from "../../core/view.ts";
import { prepareImage } from "../../images/prepare-image.ts";
import { choosePair, type OverlapRange } from "../../pairs/choose-pair.ts";
import {
  type GeneratedScene,
  type GenerateSceneOptions,
  generateScene,
  type SceneKind,
} from "../../procedural/generate-scene.ts";
import type { RgbdView } from "../../rgbd/rgbd-view.ts";

/** Scenes of this series are neither trained on nor validated with. */
export const EVALUATION_SEED = -20_261;

/** Easy and hard pairs alike; below, two photos have next to nothing in common. */
const OVERLAP: OverlapRange = [0.1, 0.9];

/** Photos of each scene, from which its pairs are chosen. */
const VIEWS = 6;

/** Two photos of a generated scene. */
export interface ProceduralPair {
  readonly kind: SceneKind;
  readonly views: readonly [RgbdView, RgbdView];
  /** Mean of the shares of either photo's surface that the other one sees. */
  readonly overlap: number;
}

/** How pairs are drawn; pair number k is a function of this and k alone. */
export interface PairSeries extends Size {
  readonly seed: number;
  readonly pairsPerScene: number;
  readonly rendering?: Partial<GenerateSceneOptions>;
}

/** Draws pair number k; the scene of the last call is kept, so ask in order. */
export function proceduralPairs({
  seed,
  pairsPerScene,
  width,
  height,
  rendering,
}: PairSeries): (k: number) => ProceduralPair {
  let drawn: { readonly index: number; readonly scene: GeneratedScene } | undefined;
  return (k) => {
    const index = Math.floor(k / pairsPerScene);
    if (drawn?.index !== index) {
      drawn = { index, scene: generateScene(seed, index, { views: VIEWS, ...rendering, width, height }) };
    }
    const { kind, views, overlap } = drawn.scene;
    const [i, j] = choosePair(overlap, OVERLAP, seededRandom(`pair ${seed}/${k}`));
    const mutual = (overlap[i * views.length + j]! + overlap[j * views.length + i]!) / 2;
    return { kind, views: [views[i]!, views[j]!], overlap: mutual };
  };
}

const SAME_PIXELS: PixelMapping = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };

/** A generated photo, of the network's size already, as the network takes it. */
export function viewOfPhoto(photo: RgbdView, name: string): View {
  const size = { width: photo.width, height: photo.height };
  const rgb = prepareImage(photo, size, { ...size, originalFromNetwork: SAME_PIXELS });
  return { ...size, name, rgb, original: size, originalFromNetwork: SAME_PIXELS, hash: name };
}
