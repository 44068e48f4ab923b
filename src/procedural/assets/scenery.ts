import { decodeImage, hashPicture, pathContent } from "#platform";
import { InputError, isUserError } from "../../core/errors.ts";
import { sha256 } from "../../core/sha256.ts";
import type { Furnishing } from "../photos/furnishing.ts";
import { pictureTexture, type Texture } from "../texture.ts";
import { modelFurnishing } from "./model-furnishing.ts";
import { readGlb, readObj } from "./read-model.ts";

/** Where things and surfaces of real places are found. */
export interface SceneryFolders {
  /** A folder of models in meters, y up: `.glb`, or `.obj` with its materials and pictures beside it. */
  readonly assets?: string | undefined;
  /** A folder of pictures whose crops paint walls, floors and things. */
  readonly textures?: string | undefined;
}

/** Things and surfaces that scenes take besides what they draw themselves. */
export interface Scenery {
  readonly models: readonly Furnishing[];
  readonly pictures: readonly Texture[];
}

/** Finer models are passed over: they would take most of the time of a picture 100 pixels wide. */
const MOST_TRIANGLES = 9000;

/** Reads folders of models and pictures, in the order of their names; those that cannot be read or are too fine are left out. */
export async function openScenery({ assets, textures }: SceneryFolders, textureSize: number): Promise<Scenery> {
  const read = { ".glb": readGlb, ".obj": readObj };
  const models: Furnishing[] = [];
  for (const path of await filesOf(assets, Object.keys(read))) {
    const surfaces = await orNothing(read[path.slice(-4).toLowerCase() as keyof typeof read](path));
    const triangles = surfaces?.reduce((sum, surface) => sum + surface.triangles.length / 3, 0) ?? 0;
    if (surfaces && triangles > 0 && triangles <= MOST_TRIANGLES) models.push(modelFurnishing(surfaces, textureSize));
  }
  const pictures: Texture[] = [];
  for (const path of await filesOf(textures, [".jpg", ".jpeg", ".png", ".webp"])) {
    const image = await orNothing(decodeImage(path));
    if (image !== undefined) pictures.push(pictureTexture(image, textureSize, true));
  }
  return { models, pictures };
}

/** A hash of all that is in folders of scenery, by names and content. */
export async function sceneryHash(folders: SceneryFolders): Promise<string> {
  const found: string[] = [];
  for (const folder of [folders.assets, folders.textures]) {
    const content = folder === undefined ? undefined : await pathContent(folder);
    const files = content?.kind === "folder" ? [...content.files].sort() : [];
    found.push(`${files.length}`);
    for (const file of files) found.push(file.slice(folder!.length), await hashPicture(file));
  }
  return await sha256(JSON.stringify(found));
}

async function filesOf(folder: string | undefined, extensions: readonly string[]): Promise<readonly string[]> {
  if (folder === undefined) return [];
  const content = await pathContent(folder);
  const files = content.kind === "folder" ? content.files : [];
  const found = files.filter((file) => extensions.some((extension) => file.toLowerCase().endsWith(extension))).sort();
  if (found.length === 0) throw new InputError(`${folder}: a folder with ${extensions.join(", ")} files was expected`);
  return found;
}

async function orNothing<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (isUserError(error)) return undefined;
    throw error;
  }
}
