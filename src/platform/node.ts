/**
 * Everything the library asks of the machine it runs on, for Node. A browser's twin offers the same names, and
 * `#platform` (package.json, `imports`) picks one: no other file depends on where it runs.
 */

export { type Canvas, encodeCanvas, type PlacedPicture } from "./node/compose-pictures.ts";
export { deflateFast } from "./node/deflate.ts";
export { type DownloadOptions, downloadFile } from "./node/download.ts";
export {
  cacheFolder,
  environmentVariable,
  memorySize,
  packageFolder,
  peakMemory,
  processorCount,
} from "./node/environment.ts";
export { exclusively } from "./node/exclusive.ts";
export {
  appendText,
  joinPath,
  listFolders,
  type OpenFile,
  openFile,
  readBytes,
  readText,
  realPath,
  sharedFile,
  siblingPath,
  writeText,
} from "./node/files.ts";
export { type FolderStoreOptions, folderStore, removeFolderStore } from "./node/folder-store.ts";
export { probeFile, type RequestOptions } from "./node/http-request.ts";
export {
  type DecodeOptions,
  decodeImage,
  decodeImageBytes,
  encodeJpeg,
  openPhoto,
  readImageHeader,
} from "./node/image-codec.ts";
export { isLink, isWithin, leadsOut } from "./node/inner-path.ts";
export { type DecodedMask, decodeMask } from "./node/mask-codec.ts";
export { missingResource } from "./node/missing-resource.ts";
export { type OutputFile, openOutputFile } from "./node/output-file.ts";
export { type OutputFolder, openOutputFolder } from "./node/output-folder.ts";
export { absolutePath, hashPicture, type PathContent, pathContent } from "./node/photo-files.ts";
export { photoTexture } from "./node/photo-texture.ts";
export { placeFolder, removeFolder } from "./node/place-folder.ts";
export type { ReplaceRules } from "./node/replaceable.ts";
export { openSpool } from "./node/spool.ts";
export { uprightPhoto } from "./node/upright-photo.ts";
export { isProcessDeath, serveRequests, startWorkerProcess } from "./node/worker-process.ts";
export type { ImageHeader, OpenPhoto } from "./open-photo.ts";
export type { DecodedPhoto } from "./photo-pixels.ts";
export { requestWorkers } from "./request-workers.ts";
export { WorkerPool } from "./worker-pool.ts";
