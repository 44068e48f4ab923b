import type { RunOptions } from "../core/progress.ts";
import type { FusedMesh } from "../meshing/fuse-mesh.ts";
import { fuseMesh } from "../meshing/fuse-mesh.ts";
import type { ColoredMesh } from "../meshing/simplify-mesh.ts";
import { vertexNormals } from "../meshing/triangle-mesh.ts";
import { GlbBuilder } from "./glb-builder.ts";
import { linearColors } from "./image-color.ts";
import { type MeshParts, meshDepth, meshPicture } from "./mesh-photos.ts";

/** The surface of a scene on which its registered photos agree best, as one mesh; without triangles where there is none. */
export function sceneMesh(parts: MeshParts, options: RunOptions): Promise<FusedMesh> {
  const registered = [...parts.scene.images.keys()].filter((i) => parts.scene.images[i]!.registered);
  return fuseMesh({
    ...options,
    photos: registered.length,
    loadDepth: (i) => meshDepth(parts, registered[i]!),
    loadPicture: (i) => meshPicture(parts, registered[i]!),
  });
}

/** `mesh.glb`: one mesh with normals and a color for each vertex. Axes as in `scene.glb`. */
export function encodeMeshGlb(mesh: ColoredMesh): Promise<Uint8Array> {
  const builder = new GlbBuilder();
  const material = builder.document
    .createMaterial("surface")
    .setMetallicFactor(0)
    .setRoughnessFactor(1)
    .setDoubleSided(true);
  const primitive = builder
    .primitive("TRIANGLES", mesh.positions)
    .setAttribute("NORMAL", builder.accessor("VEC3", vertexNormals(mesh)))
    .setAttribute("COLOR_0", builder.accessor("VEC4", linearColors(mesh.colors)).setNormalized(true))
    .setIndices(builder.accessor("SCALAR", mesh.triangles))
    .setMaterial(material);
  builder.world.addChild(builder.meshNode("mesh", primitive));
  return builder.encode();
}
