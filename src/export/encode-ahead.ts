import type { ExportFile } from "./export-file.ts";

/** Codecs compute on threads of their own: so many files are at work together. More would only cost memory. */
const FILES_AT_ONCE = 4;

/** A file with its bytes. */
export interface EncodedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The files with their bytes, in their order, a few of them made ahead; the last one when all others are done. */
export async function* encodeAhead(files: readonly ExportFile[]): AsyncGenerator<EncodedFile> {
  const atWork: Promise<Uint8Array>[] = [];
  const last = files.length - 1;
  for (const [i, { name }] of files.entries()) {
    while (atWork.length <= i || (atWork.length < last && atWork.length < i + FILES_AT_ONCE)) {
      const { encode } = files[atWork.length]!;
      const work = Promise.resolve().then(encode);
      // It is waited for in its turn.
      work.catch(() => {});
      atWork.push(work);
    }
    const bytes = await atWork[i]!;
    delete atWork[i];
    yield { name, bytes };
  }
}
