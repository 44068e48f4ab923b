import { deserialize } from "node:v8";
import type { DepthSize } from "../../core/dense-scene.ts";
import { answerStereo } from "../../stereo/answer-stereo.ts";
import { stereoRounds } from "../../stereo/stereo-rounds.ts";
import { needed } from "../stored-priors.ts";
import type { TaskKind } from "../task-kind.ts";
import type { PlacedPicture, PreparedDepth } from "./prepare-depth.ts";

/** A round of measuring depth, of one photo. */
export interface MeasureDepthInput extends PreparedDepth {
  readonly photo: number;
  /** Its number; the rounds before it are over for all photos. */
  readonly round: number;
  readonly depthSize: DepthSize | undefined;
  readonly seed: number | string | undefined;
}

/** How many rounds there are, whatever the photos. */
export const DEPTH_ROUNDS: number = stereoRounds([], {}).rounds.length;

/** What a round finds of a photo, left in the store, where `reconstruct` looks for it. */
export const measureDepth: TaskKind<MeasureDepthInput, null> = {
  name: "depth",
  stage: "stereo",
  version: 1,
  items: () => 1,
  photos: ({ photos, photo }) => [photos[photo]!.name],
  async run({ photos, placed: known, key, photo, round, depthSize, seed }, { store, findPhoto }) {
    const placed = deserialize(await needed(store, known)) as readonly PlacedPicture[];
    // Only the first round looks at a picture: the others need not fetch it.
    const picture = round === 0 ? await findPhoto(photos[photo]!) : photos[photo]!.name;
    const work = stereoRounds(
      placed.map((one, i) => ({ ...one, picture: i === photo ? picture : photos[i]!.name })),
      { depthSize, seed, store: { store, key } },
    );
    const { isOpen, request, take } = work.rounds[round]!;
    if (await isOpen(photo)) await take(photo, (await answerStereo(await request(photo))) as never);
    return null;
  },
};
