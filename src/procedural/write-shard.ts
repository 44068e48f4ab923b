import { encodeJpeg, openOutputFile } from "#platform";
import { randomInteger, seededRandom } from "../core/random.ts";
import { calibrationRows, poseRows } from "../formats/camera-matrices.ts";
import { encodePng16 } from "../formats/png16.ts";
import { encodeTarEntry, TAR_END } from "../formats/tar.ts";
import { invertRigid } from "../geometry/pose.ts";
import type { Scenery } from "./assets/scenery.ts";
import { type GeneratedScene, type GenerateSceneOptions, generateScene } from "./generate-scene.ts";
import { type SeriesShapes, sceneSize } from "./scene-size.ts";

/** A run of scenes that share one archive; those of `scene` are the first of their shapes. */
export interface ShardContent extends Pick<SeriesShapes, "portrait" | "otherHeights"> {
  readonly seed: number;
  /** Number of the first scene. */
  readonly first: number;
  readonly count: number;
  readonly scene: GenerateSceneOptions;
}

/** An archive, and where it goes. */
export interface ShardRequest extends ShardContent {
  readonly path: string;
}

/** `KEY.json` of a sample. */
export interface SampleRecord {
  readonly version: 1;
  readonly seed: number;
  readonly scene: number;
  readonly view: number;
  readonly kind: string;
  readonly width: number;
  readonly height: number;
  readonly K: readonly (readonly number[])[];
  readonly world_from_cam: readonly (readonly number[])[];
  readonly cam_from_world: readonly (readonly number[])[];
  /** Meters per unit of `KEY.depth.png`; 0 there is no depth. */
  readonly depth_scale: number;
  /** Share of this view's pixels with depth that view j of the scene sees too. */
  readonly overlap: readonly number[];
}

/** Writes a WebDataset shard, of `shardBytes`. The file appears once it is complete. */
export async function writeShard({ path, ...content }: ShardRequest, scenery?: Scenery): Promise<void> {
  await using file = await openOutputFile(path);
  for await (const bytes of shardBytes(content, scenery)) await file.write(bytes);
  await file.commit();
}

/**
 * A WebDataset shard, entry by entry: `KEY.jpg`, `KEY.depth.png` (16 bits) and `KEY.json` (`SampleRecord`) per view, KEY being
 * `SSSSSSSS-VV` of scene and view.
 */
export async function* shardBytes(content: ShardContent, scenery?: Scenery): AsyncGenerator<Uint8Array> {
  const { seed, first, count, scene, otherHeights, portrait } = content;
  const shapes = { ...scene, otherHeights, portrait };
  for (let index = first; index < first + count; index++) {
    const generated = generateScene(seed, index, { ...scene, ...sceneSize(seed, index, shapes) }, scenery);
    for (let view = 0; view < generated.views.length; view++) {
      const key = `${String(index).padStart(8, "0")}-${String(view).padStart(2, "0")}`;
      for (const [suffix, bytes] of await encodeView(generated, { seed, scene: index, view })) {
        yield encodeTarEntry({ name: `${key}.${suffix}`, bytes });
      }
    }
  }
  yield TAR_END;
}

type SampleName = Pick<SampleRecord, "seed" | "scene" | "view">;

async function encodeView(scene: GeneratedScene, name: SampleName): Promise<[suffix: string, bytes: Uint8Array][]> {
  const view = scene.views[name.view]!;
  const { width, height } = view;
  const depthScale = view.depth.reduce((most, z) => Math.max(most, z), 0) / 65535 || 1;
  const data = Uint16Array.from(view.depth, (z) => Math.round(z / depthScale));
  const quality = 70 + randomInteger(seededRandom(`jpeg ${name.seed}/${name.scene}/${name.view}`), 28);
  const n = scene.views.length;
  const record: SampleRecord = {
    version: 1,
    ...name,
    kind: scene.kind,
    width,
    height,
    K: calibrationRows(view.intrinsics),
    world_from_cam: poseRows(view.worldFromCam),
    cam_from_world: poseRows(invertRigid(view.worldFromCam)),
    depth_scale: depthScale,
    overlap: Array.from(
      scene.overlap.subarray(name.view * n, (name.view + 1) * n),
      (share) => Math.round(share * 1e4) / 1e4,
    ),
  };
  return [
    ["jpg", await encodeJpeg(view, quality)],
    ["depth.png", await encodePng16({ width, height, data })],
    ["json", new TextEncoder().encode(JSON.stringify(record))],
  ];
}
