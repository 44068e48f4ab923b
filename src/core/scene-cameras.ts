import type { SceneImage } from "./scene.ts";

/** The cameras of a scene's images, by image: numbered from 0 in the order in which they appear. */
export function sceneCameras(images: readonly Pick<SceneImage, "camera">[]): readonly number[] {
  const numbers = new Map<number | string, number>();
  return images.map(({ camera }, i) => {
    const key = camera ?? `alone ${i}`;
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  });
}
