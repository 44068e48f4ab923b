import { InputError } from "../core/errors.ts";

/** The distance between what two pixels of a photo show, in original pixels. */
export interface PhotoDistance {
  readonly photo: string;
  readonly pixel1: readonly [x: number, y: number];
  readonly pixel2: readonly [x: number, y: number];
  readonly meters: number;
}

const NUMBER = String.raw`\s*(-?\d+(?:\.\d+)?)\s*`;
const PATTERN = new RegExp(`^(.+):${NUMBER},${NUMBER}:${NUMBER},${NUMBER}=${NUMBER}$`);

/** Reads `NAME:x1,y1:x2,y2=meters`; an `InputError` for anything else. */
export function parseKnownDistance(text: string): PhotoDistance {
  const [, photo, ...numbers] = PATTERN.exec(text) ?? [];
  if (photo === undefined) {
    throw new InputError(
      `known distance "${text}": NAME:x1,y1:x2,y2=METERS is expected, such as a.jpg:100,220:480,215=0.8`,
    );
  }
  const [x1, y1, x2, y2, meters] = numbers.map(Number) as [number, number, number, number, number];
  if (!(meters > 0)) throw new InputError(`known distance "${text}": ${meters} meters; a positive number is expected`);
  if (x1 === x2 && y1 === y2) throw new InputError(`known distance "${text}": both pixels are the same`);
  return { photo, pixel1: [x1, y1], pixel2: [x2, y2], meters };
}
