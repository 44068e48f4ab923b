/** The file name of a frame: the video's without extension, and when in it, in milliseconds (`clip-012340.jpg`). */
export function frameName(stem: string, seconds: number, extension: string): string {
  return `${stem}-${String(Math.round(1000 * seconds)).padStart(6, "0")}.${extension}`;
}
