import { type PhotosRead, readPhotos } from "./read-photos.ts";

/** Reads files for the tray, one drop after the other, and tells what it is at. */
export class PhotoReader {
  readonly #onChange: () => void;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #reading: string | null = null;

  /** `onChange` is called whenever `reading` is another. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** What is being read, in words; null when nothing is. */
  get reading(): string | null {
    return this.#reading;
  }

  /** What files become, when those of earlier calls have been read. */
  async read(files: readonly File[]): Promise<PhotosRead> {
    this.#waiting++;
    this.#tell("Reading photos …");
    const done = this.#last.then(() => readPhotos(files, (text) => this.#tell(text)));
    this.#last = done.catch(() => {});
    try {
      return await done;
    } finally {
      this.#waiting--;
      this.#tell(this.#waiting > 0 ? "Reading photos …" : null);
    }
  }

  #tell(reading: string | null): void {
    this.#reading = reading;
    this.#onChange();
  }
}
