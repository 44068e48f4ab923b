import type { Scene } from "../core/scene.ts";

/**
 * A scene's components, each as a scene whose registered images are the component's, in its own world and unit: the scene
 * itself first, then what alignment could not connect to it, larger ones first. Images keep their indices; an image alone
 * is no component.
 */
export function componentScenes(scene: Scene): readonly Scene[] {
  const sizes = new Map<number, number>();
  for (const { registered, component } of scene.images) {
    if (!registered && component !== undefined) sizes.set(component, (sizes.get(component) ?? 0) + 1);
  }
  const others = [...sizes].filter(([, size]) => size > 1).toSorted((a, b) => b[1] - a[1] || a[0] - b[0]);
  return [scene, ...others.map(([component]) => ofComponent(scene, component))];
}

function ofComponent(scene: Scene, component: number): Scene {
  const images = scene.images.map((image) => ({ ...image, registered: image.component === component }));
  return { ...scene, images };
}
