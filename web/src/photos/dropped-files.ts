/** What a browser hands over by dropping or pasting, with the files of dropped folders, in the order of their names. */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  // All entries are asked for at once: the list is empty after the first wait.
  const items = [...transfer.items].filter(({ kind }) => kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const files = await Promise.all(
    entries.map((entry) => (entry === null ? [] : entry instanceof File ? [entry] : filesBelow(entry))),
  );
  return files.flat();
}

/** Files by what the app does with them, each in their order. */
export interface SortedFiles {
  /** Photos and videos. */
  readonly pictures: readonly File[];
  readonly weights: File | undefined;
  readonly others: readonly File[];
}

/** Sorts files by type and name. */
export function sortedFiles(files: readonly File[]): SortedFiles {
  const pictures = files.filter((file) => mayBePhoto(file) || mayBeVideo(file));
  const others = files.filter((file) => !pictures.includes(file) && !holdsWeights(file));
  return { pictures, weights: files.find(holdsWeights), others };
}

/** Whether a file may be a photo: by its type, or by its name where the system knows no type. */
function mayBePhoto({ type, name }: File): boolean {
  return type.startsWith("image/") || /\.(jpe?g|jfif|png|webp|avif|tiff?|hei[cf]|bmp|gif)$/i.test(name);
}

/** Whether a file may be a video, likewise. */
export function mayBeVideo({ type, name }: File): boolean {
  return type.startsWith("video/") || /\.(mp4|m4v|mov|webm|mkv)$/i.test(name);
}

/** Whether a file holds weights, by its name. */
function holdsWeights({ name }: File): boolean {
  return /\.(safetensors|pth)$/i.test(name);
}

async function filesBelow(entry: FileSystemEntry): Promise<File[]> {
  if (isFile(entry)) return [await new Promise<File>((resolve, reject) => entry.file(resolve, reject))];
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    // A browser gives them in portions, and an empty one at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    children.push(...some);
  }
  children.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  return (await Promise.all(children.map(filesBelow))).flat();
}

// Chromium has no FileSystemFileEntry and no FileSystemDirectoryEntry that one could ask for by `instanceof`.

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
