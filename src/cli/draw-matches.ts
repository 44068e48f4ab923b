import { decodeImage, encodeCanvas, type PlacedPicture } from "#platform";
import { InputError } from "../core/errors.ts";
import type { Size, View } from "../core/view.ts";
import type { PhotoMatches } from "../tasks/match-views.ts";

/** Photos are drawn no larger than this along their longer side. */
const LONG_SIDE = 1200;

/** One line is drawn in each cell of such a grid over photo 1: more would hide each other. */
const COLUMNS = 14;
const ROWS = 10;

/** The picture formats that a drawing can have, by file extension. */
const FORMATS: Readonly<Record<string, "jpeg" | "png">> = { jpg: "jpeg", jpeg: "jpeg", png: "png" };

/** The format that a drawing's file name asks for; an `InputError` where it is none of those there are. */
export function drawingFormat(path: string): "jpeg" | "png" {
  const format = FORMATS[path.split(".").at(-1)!.toLowerCase()];
  if (format === undefined) throw new InputError(`--draw ${path}: a file that ends in .jpg or .png is expected`);
  return format;
}

/** Two photos, their views, and the matches between them. */
export interface MatchDrawing {
  readonly photos: readonly string[];
  readonly views: readonly View[];
  readonly matches: PhotoMatches;
}

/** Gives both photos side by side with lines between matching pixels, the most confident of each part of photo 1. */
export async function drawMatches(
  format: "jpeg" | "png",
  { photos, views, matches }: MatchDrawing,
): Promise<Uint8Array> {
  const pictures: PlacedPicture[] = [];
  for (const [i, photo] of photos.entries()) {
    const { width, height } = views[i]!.original;
    const scale = Math.min(1, LONG_SIDE / Math.max(width, height));
    const size = { width: Math.round(scale * width), height: Math.round(scale * height) };
    const left = pictures.reduce((sum, placed) => sum + placed.width, 0);
    pictures.push({ ...size, picture: await decodeImage(photo, { reducedTo: size }), left, top: 0 });
  }
  const width = pictures.reduce((sum, placed) => sum + placed.width, 0);
  const height = Math.max(...pictures.map((placed) => placed.height));
  const originals = views.map((view) => view.original);
  const svg = svgOf({ width, height }, matchLines(matches, originals, pictures));
  return encodeCanvas({ width, height, pictures, svg }, format);
}

function svgOf({ width, height }: Size, content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${content}</svg>`;
}

function matchLines(matches: PhotoMatches, originals: readonly Size[], pictures: readonly PlacedPicture[]): string {
  const { pixels1, pixels2 } = matches;
  // The edge of a pixel, not its center, is at integers in SVG.
  const place = (photo: number, x: number, y: number) => {
    const [original, drawn] = [originals[photo]!, pictures[photo]!];
    return [drawn.left + ((x + 0.5) * drawn.width) / original.width, ((y + 0.5) * drawn.height) / original.height];
  };
  return spread(matches, originals[0]!)
    .map((i) => {
      const [x1, y1] = place(0, pixels1[2 * i]!, pixels1[2 * i + 1]!).map((x) => x.toFixed(1));
      const [x2, y2] = place(1, pixels2[2 * i]!, pixels2[2 * i + 1]!).map((x) => x.toFixed(1));
      const color = `hsl(${Math.round((300 * pixels1[2 * i]!) / originals[0]!.width)} 90% 55%)`;
      return (
        `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${color}" stroke-width="1.2"/>` +
        `<circle cx="${x1}" cy="${y1}" r="3" fill="${color}"/><circle cx="${x2}" cy="${y2}" r="3" fill="${color}"/>`
      );
    })
    .join("");
}

/** The first match, which is the most confident one, in each cell of a grid over photo 1. */
function spread({ pixels1, confidence }: PhotoMatches, { width, height }: Size): number[] {
  const first = new Map<number, number>();
  for (let i = 0; i < confidence.length; i++) {
    const column = Math.floor((COLUMNS * pixels1[2 * i]!) / width);
    const cell = column + COLUMNS * Math.floor((ROWS * pixels1[2 * i + 1]!) / height);
    if (!first.has(cell)) first.set(cell, i);
  }
  return [...first.values()];
}
