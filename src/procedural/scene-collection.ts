/** The collections of kinds of scenes there are. Those of `figures` stay what they are: evaluations draw from it. */
export const SCENE_COLLECTIONS = ["figures", "photos"] as const;

/** See `SCENE_COLLECTIONS`. */
export type SceneCollection = (typeof SCENE_COLLECTIONS)[number];
