import { type Accessor, Document, type GLTF, type Material, type Node, Primitive, WebIO } from "@gltf-transform/core";

/** A glTF document in the making: short ways to say what is said often. */
export class GlbBuilder {
  readonly document: Document = new Document();
  /** What the scene hangs from: it turns the world's OpenCV axes into glTF's (y up, z backward). */
  readonly world: Node = this.document.createNode("world").setRotation([1, 0, 0, 0]);
  readonly #buffer = this.document.createBuffer();

  constructor() {
    this.document.createScene("scene").addChild(this.world);
  }

  accessor(type: GLTF.AccessorType, array: Float32Array | Uint32Array | Uint16Array | Uint8Array): Accessor {
    const copy = array.slice() as Float32Array<ArrayBuffer>;
    return this.document.createAccessor().setType(type).setArray(copy).setBuffer(this.#buffer);
  }

  primitive(mode: "POINTS" | "LINES" | "TRIANGLES", positions: Float32Array): Primitive {
    const primitive = this.document.createPrimitive().setMode(Primitive.Mode[mode]!);
    return primitive.setAttribute("POSITION", this.accessor("VEC3", positions));
  }

  meshNode(name: string, ...primitives: readonly Primitive[]): Node {
    const mesh = this.document.createMesh(name);
    for (const primitive of primitives) mesh.addPrimitive(primitive);
    return this.document.createNode(name).setMesh(mesh);
  }

  /** A surface that shows a photo (JPEG bytes) as it is: it shines by itself, so that no light changes it. */
  photoMaterial(name: string, photo: Uint8Array): Material {
    return this.document
      .createMaterial("photo")
      .setBaseColorFactor([0, 0, 0, 1])
      .setMetallicFactor(0)
      .setEmissiveFactor([1, 1, 1])
      .setEmissiveTexture(this.document.createTexture(name).setImage(photo).setMimeType("image/jpeg"))
      .setDoubleSided(true);
  }

  /** The bytes of the `.glb` file. */
  encode(): Promise<Uint8Array> {
    return new WebIO().writeBinary(this.document);
  }
}
