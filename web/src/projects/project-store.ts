import { type Measurements, NO_MEASUREMENTS } from "../../../src/viewer/measurement.ts";
import type { TrayPhoto } from "../photos/tray-photo.ts";
import type { StoredScene } from "../scene/finished-scene.ts";
import { privateFolder, readFile, writeFile } from "./private-folder.ts";

const FOLDER = "projects";
const META = "project.json";
const PHOTOS = "photos";
const REPORT = "report.json";
const RESULT = "result.bin";
const PICTURE = "picture.jpg";

type PhotoMeta = Pick<TrayPhoto, "id" | "turns">;

/** What is written of a project beside its files. */
interface ProjectMeta {
  readonly version: 1;
  readonly changed: number;
  /** The photos' files, as they were given. */
  readonly files: readonly { readonly id: string; readonly name: string; readonly type: string }[];
  /** The tray. */
  readonly photos: readonly PhotoMeta[];
  readonly measurements: Measurements;
  /** The photos of the scene as they were then, and which of them are in it; null as long as there is none. */
  readonly scene: { readonly photos: readonly PhotoMeta[]; readonly kept: readonly number[] } | null;
  /** A run was begun and not finished. */
  readonly running: boolean;
}

/** A project in the list. */
export interface ProjectSummary {
  readonly id: string;
  readonly changed: Date;
  readonly photos: number;
  readonly finished: boolean;
  readonly picture: Blob | undefined;
}

/** A photo as it is kept. */
export type StoredPhoto = Pick<TrayPhoto, "id" | "file" | "turns">;

/** A project as it is kept. */
export interface StoredProject {
  readonly id: string;
  readonly photos: readonly StoredPhoto[];
  readonly measurements: Measurements;
  readonly scene: (StoredScene & { readonly photos: readonly StoredPhoto[] }) | null;
  readonly running: boolean;
}

/** What is saved of a project; the scene only when it is new. */
export interface ProjectToSave extends Omit<StoredProject, "scene"> {
  readonly scene: { readonly photos: readonly StoredPhoto[]; readonly stored: StoredScene } | null;
  readonly isNewScene: boolean;
  readonly picture: Blob | undefined;
}

/** The projects that this browser keeps, the latest first. Empty where it keeps nothing. */
export async function listProjects(): Promise<readonly ProjectSummary[]> {
  const folder = await privateFolder(FOLDER);
  if (!folder) return [];
  const found: ProjectSummary[] = [];
  for await (const handle of folder.values()) {
    if (!(handle instanceof FileSystemDirectoryHandle)) continue;
    const meta = await readMeta(handle);
    if (!meta) continue;
    const picture = await readFile(handle, PICTURE);
    const { photos, scene } = meta;
    found.push({
      id: handle.name,
      changed: new Date(meta.changed),
      photos: photos.length,
      finished: scene !== null,
      picture,
    });
  }
  return found.sort((a, b) => b.changed.getTime() - a.changed.getTime());
}

/** Keeps a project; false where the browser keeps nothing. */
export async function saveProject(project: ProjectToSave): Promise<boolean> {
  const { id, photos, scene, isNewScene, picture, measurements, running } = project;
  const folder = await privateFolder(FOLDER, id);
  const photoFolder = await privateFolder(FOLDER, id, PHOTOS);
  if (!folder || !photoFolder) return false;
  const all = [...photos, ...(scene?.photos ?? [])];
  for (const photo of all)
    if (!(await readFile(photoFolder, photo.id))) await writeFile(photoFolder, photo.id, photo.file);
  if (scene && isNewScene) {
    await writeFile(folder, REPORT, scene.stored.report);
    await writeFile(folder, RESULT, scene.stored.result);
  }
  if (picture) await writeFile(folder, PICTURE, picture);
  const meta: ProjectMeta = {
    version: 1,
    changed: Date.now(),
    files: [...new Map(all.map(({ id: one, file }) => [one, { id: one, name: file.name, type: file.type }])).values()],
    photos: photos.map(idAndTurns),
    measurements,
    scene: scene && { photos: scene.photos.map(idAndTurns), kept: scene.stored.kept },
    running,
  };
  await writeFile(folder, META, JSON.stringify(meta));
  return true;
}

/** A project by its id; undefined where it is not there. */
export async function openProject(id: string): Promise<StoredProject | undefined> {
  const folder = await privateFolder(FOLDER, id);
  const photoFolder = await privateFolder(FOLDER, id, PHOTOS);
  const meta = folder && (await readMeta(folder));
  if (!folder || !photoFolder || !meta) return undefined;
  const files = new Map<string, File>();
  for (const { id: one, name, type } of meta.files) {
    const content = await readFile(photoFolder, one);
    if (content) files.set(one, new File([content], name, { type, lastModified: content.lastModified }));
  }
  const stored = (photo: PhotoMeta): StoredPhoto[] => {
    const file = files.get(photo.id);
    return file ? [{ ...photo, file }] : [];
  };
  const report = await readFile(folder, REPORT);
  const result = await readFile(folder, RESULT);
  const { scene, measurements = NO_MEASUREMENTS, running } = meta;
  return {
    id,
    photos: meta.photos.flatMap(stored),
    measurements,
    running,
    scene:
      scene && report && result ? { photos: scene.photos.flatMap(stored), report, result, kept: scene.kept } : null,
  };
}

/** Removes a project with all its files. */
export async function deleteProject(id: string): Promise<void> {
  await (await privateFolder(FOLDER))?.removeEntry(id, { recursive: true });
}

function idAndTurns({ id, turns }: StoredPhoto): PhotoMeta {
  return { id, turns };
}

async function readMeta(folder: FileSystemDirectoryHandle): Promise<ProjectMeta | undefined> {
  const file = await readFile(folder, META);
  return file && (JSON.parse(await file.text()) as ProjectMeta);
}
