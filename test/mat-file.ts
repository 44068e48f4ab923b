import { deflateSync } from "node:zlib";

/** A MAT-file as the format's description lays it out. */
export function matFile(...elements: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(128, " ");
  header.write("MATLAB 5.0 MAT-file, written by a test");
  header.writeUInt16LE(0x0100, 124);
  header.write("IM", 126);
  return Buffer.concat([header, ...elements]);
}

/** An element: its type, its length and its content, filled up to eight bytes. */
export function element(type: number, content: Buffer): Buffer {
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(type, 0);
  tag.writeUInt32LE(content.length, 4);
  return Buffer.concat([tag, content, Buffer.alloc((8 - (content.length % 8)) % 8)]);
}

/** Four bytes or less lie within the tag. */
export function smallElement(type: number, content: Buffer): Buffer {
  const tag = Buffer.alloc(8);
  tag.writeUInt16LE(type, 0);
  tag.writeUInt16LE(content.length, 2);
  content.copy(tag, 4);
  return tag;
}

/** A variable of a class, its values being an element. */
export function matrix(name: string, arrayClass: number, shape: readonly number[], values: Buffer): Buffer {
  const flags = Buffer.alloc(8);
  flags.writeUInt32LE(arrayClass, 0);
  const dimensions = Buffer.from(Int32Array.from(shape).buffer);
  const text = Buffer.from(name);
  const label = text.length <= 4 ? smallElement(1, text) : element(1, text);
  return element(14, Buffer.concat([element(6, flags), element(5, dimensions), label, values]));
}

/** Numbers stored as doubles. */
export const doubles = (...values: number[]): Buffer => element(9, Buffer.from(Float64Array.from(values).buffer));
/** An element as MATLAB 7 writes it. */
export const compressed = (content: Buffer): Buffer => {
  const packed = deflateSync(content);
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(15, 0);
  tag.writeUInt32LE(packed.length, 4);
  return Buffer.concat([tag, packed]);
};
