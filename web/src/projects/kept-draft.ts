import type { Draft } from "../draft.ts";
import { trayPhoto } from "../photos/preview.ts";
import { rotatedFile } from "../photos/rotated-file.ts";
import { restoredScene } from "../run/tab-engine.ts";
import type { FinishedScene } from "../scene/finished-scene.ts";
import { openProject, type StoredPhoto, saveProject } from "./project-store.ts";

/** A scene on the stage with the photos it was made from. */
export interface ShownScene {
  readonly scene: FinishedScene;
  readonly photos: readonly StoredPhoto[];
}

/** A project as it was left. */
export interface KeptDraft {
  readonly draft: Draft;
  /** Its scene is made when it is asked for; null where there is none. */
  readonly scene: (() => Promise<ShownScene>) | null;
  /** A run was begun and not finished. */
  readonly running: boolean;
}

/** A project that this browser keeps, by its id; undefined where it is not there. */
export async function openDraft(id: string): Promise<KeptDraft | undefined> {
  const project = await openProject(id);
  if (!project) return undefined;
  const { photos, measurements, scene, running } = project;
  const tray = await Promise.all(photos.map(async (one) => ({ ...(await trayPhoto(one.file, one.id)), ...one })));
  const restore = async (): Promise<ShownScene> => {
    const files = await Promise.all(
      scene!.photos.map((one) => rotatedFile({ ...one, preview: null }).catch(() => one.file)),
    );
    return { scene: await restoredScene(scene!, files), photos: scene!.photos };
  };
  return { draft: { photos: tray, measurements }, scene: scene && restore, running };
}

/** Keeps a draft and its scene, whose files are written only when it is new; false where the browser keeps nothing. */
export async function keepDraft(
  id: string,
  { photos, measurements }: Draft,
  { shown, isNewScene, running }: { readonly shown: ShownScene | null; isNewScene: boolean; running: boolean },
): Promise<boolean> {
  const address = photos.find(({ preview }) => preview)?.preview?.address;
  const picture = address === undefined ? undefined : await (await fetch(address)).blob();
  const stored = shown?.scene.stored;
  const scene = shown && stored ? { photos: shown.photos, stored } : null;
  return await saveProject({ id, photos, measurements, scene, isNewScene, picture, running });
}
