import { seededRandom } from "../../core/random.ts";
import type { RgbImage } from "../../core/rgb-image.ts";
import { openPhotoScene } from "../../datasets/photo-scene.ts";
import type { SceneCollection } from "../../procedural/scene-collection.ts";
import { cropView } from "../../rgbd/crop-view.ts";
import type { RgbdScene, RgbdView } from "../../rgbd/rgbd-view.ts";
import { trainingScene } from "../batches/procedural-series.ts";
import { drawPairs, type ViewsOfPair } from "../batches/training-batches.ts";
import { type TrainingView, trainingView } from "../batches/training-view.ts";
import type { RunConfig } from "../config/run-config.ts";

/** Metrics on held-out pairs; objectives add figures of their own. */
export type ValidationResult = Readonly<Record<string, number>> & {
  /** The training loss. */
  readonly loss: number;
  /**
   * How much lower a loss is with the true partner than with a picture of another scene: zero for a network that treats
   * its inputs one by one, positive once it finds correspondences.
   */
  readonly gain: number;
};

/** The network's prediction for one pair, as pictures. */
export interface Example {
  readonly pictures: readonly { readonly caption: string; readonly image: RgbImage }[];
}

/** A validation set with its graphs. */
export interface Validation extends AsyncDisposable {
  validate(values: Float32Array): Promise<ValidationResult>;
  /** The same few pairs every time. */
  examples(values: Float32Array): Promise<readonly Example[]>;
}

/** Scenes of this series are never trained on. */
export const VALIDATION_SEED = -777;

/** Pairs shown as examples. */
export const EXAMPLES = 3;

/** Two views of one scene, or of two. */
export type TrainingPair = readonly [TrainingView, TrainingView];

/**
 * The fixed validation pairs of stage `number`, and the same with partners from elsewhere: of `data.photos` the pairs that
 * are held out, and procedural ones whatever else is trained on.
 */
export async function validationPairs(
  { stages, data, validation: { pairs } }: RunConfig,
  number: number,
  collection: SceneCollection = "figures",
): Promise<Readonly<Record<"partners" | "strangers", readonly TrainingPair[]>>> {
  const { width, height } = stages[number]!;
  const series = { seed: VALIDATION_SEED, width, height, views: data.views, portrait: 0, collection };
  const scenes = Array.from({ length: Math.ceil(pairs / 4) }, (_, i) => trainingScene(series, i));
  const draw = (from: readonly RgbdScene[]) => {
    return drawPairs(from, { pairs, overlap: [0.1, 0.9] }, seededRandom("validation pairs"));
  };
  const viewsOf = (pair: ViewsOfPair): TrainingPair => [trainingView(pair[0]), trainingView(pair[1])];
  const procedural = draw(scenes).map(viewsOf);
  const heldOut = async (photos: string): Promise<readonly TrainingPair[]> => {
    const crop = { orientation: "given", random: seededRandom("validation crops") } as const;
    const fit = (view: RgbdView) => cropView(view, { width, height }, crop);
    const scene = await openPhotoScene(photos, "validation", { width, height });
    return draw([scene]).map(([first, second]) => viewsOf([fit(first), fit(second)]));
  };
  const partners = data.photos === undefined ? procedural : await heldOut(data.photos);
  const strangers = partners.map(([first], i): TrainingPair => {
    return [first, procedural[((i + 1 + pairs / 2) % pairs) | 0]![1]];
  });
  return { partners, strangers };
}

/** The view's picture. */
export function viewPicture({ width, height, image }: TrainingView): RgbImage {
  const size = width * height;
  const rgb = Uint8Array.from({ length: 3 * size }, (_, i) => {
    return Math.round(127.5 * (image[(i % 3) * size + Math.floor(i / 3)]! + 1));
  });
  return { width, height, rgb };
}
