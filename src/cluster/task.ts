import type { BlobStore } from "../core/blob-store.ts";
import { InputError } from "../core/errors.ts";
import { sha256 } from "../core/sha256.ts";
import { encodePhotos } from "./kinds/encode-photos.ts";
import { evaluateItems, listEvaluation } from "./kinds/evaluate-items.ts";
import { findFeatures } from "./kinds/find-features.ts";
import { generateScenes } from "./kinds/generate-scenes.ts";
import { measureDepth } from "./kinds/measure-depth.ts";
import { placePhotos } from "./kinds/place-photos.ts";
import { predictPairs } from "./kinds/predict-pairs.ts";
import { prepareDepth } from "./kinds/prepare-depth.ts";
import { reconstructScene } from "./kinds/reconstruct-scene.ts";
import { selectPairs } from "./kinds/select-pairs.ts";
import { verifyPairs } from "./kinds/verify-pairs.ts";
import type { TaskKind } from "./task-kind.ts";

/** Some kind; what its input and answer are is its own affair. */
// biome-ignore lint/suspicious/noExplicitAny: a kind takes its own input alone.
export type AnyTaskKind = TaskKind<any, any>;

/** All kinds of work. A further stage is one more. */
export const TASK_KINDS: readonly AnyTaskKind[] = [
  encodePhotos,
  findFeatures,
  selectPairs,
  predictPairs,
  placePhotos,
  verifyPairs,
  prepareDepth,
  measureDepth,
  reconstructScene,
  generateScenes,
  listEvaluation,
  evaluateItems,
];

/** A piece of work. */
export interface Task {
  readonly kind: AnyTaskKind;
  readonly input: unknown;
  /** Names kind and input: equal keys mean the same work. */
  readonly key: string;
}

/** The task of a kind with an input. */
export async function taskOf<Input>(kind: TaskKind<Input, unknown>, input: Input): Promise<Task> {
  const hash = (await sha256(JSON.stringify(input))).slice(0, 48);
  return { kind, input, key: `${kind.name}-${kind.version}-${hash}` };
}

/** What a task is called in messages: its kind, and the first of its photos. */
export function taskName({ kind, input }: Pick<Task, "kind" | "input">): string {
  const names = kind.photos(input);
  return `${kind.name} ${names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ")}`;
}

/** Puts a task's input where others find it by the key. */
export async function storeTask(store: BlobStore, { key, input }: Task): Promise<void> {
  if (!(await store.has(`task-${key}`)))
    await store.put(`task-${key}`, new TextEncoder().encode(JSON.stringify(input)));
}

/** The task of a key; an `InputError` where its input is not in the store, or another one. */
export async function readTask(store: BlobStore, key: string): Promise<Task> {
  const kind = TASK_KINDS.find(({ name, version }) => key.startsWith(`${name}-${version}-`));
  if (kind === undefined) throw new InputError(`${key}: a kind of task that this version of dust3r does not know`);
  const bytes = await store.get(`task-${key}`);
  if (bytes === undefined)
    throw new InputError(`${key}: its input is not in this store; is it the same as the submitter's?`);
  const task = await taskOf(kind, JSON.parse(new TextDecoder().decode(bytes)));
  if (task.key !== key) throw new InputError(`${key}: its input was changed; submit it again`);
  return task;
}

/** A finished task's answer. */
export interface Done {
  readonly answer: unknown;
}

/** The answer to a task that somebody finished; undefined where nobody did. The store is the truth, whatever a queue says. */
export async function readAnswer(store: BlobStore, { key }: Pick<Task, "key">): Promise<Done | undefined> {
  const bytes = await store.get(`done-${key}`);
  return bytes && { answer: JSON.parse(new TextDecoder().decode(bytes)) };
}

/** Keeps a task's answer: it is finished, and all that it leaves in the store is there. */
export async function storeAnswer(store: BlobStore, { key }: Task, answer: unknown): Promise<void> {
  await store.put(`done-${key}`, new TextEncoder().encode(JSON.stringify(answer)));
}
