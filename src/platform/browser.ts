/**
 * What the library asks of the machine it runs on, for a worker in a browser: the names of `node.ts` that reconstruction needs,
 * with the same meaning. Files are Blobs under made-up paths, or lie in the site's private file system (OPFS).
 */

export { deflateFast } from "./browser/deflate.ts";
export { downloadFile } from "./browser/download.ts";
export {
  cacheFolder,
  environmentVariable,
  memorySize,
  packageFolder,
  peakMemory,
  processorCount,
} from "./browser/environment.ts";
export { exclusively } from "./browser/exclusive.ts";
export {
  absolutePath,
  joinPath,
  listFolders,
  type OpenFile,
  openFile,
  pathContent,
  readBytes,
  readText,
  realPath,
  sharedFile,
  siblingPath,
  writeText,
} from "./browser/files.ts";
export { folderStore, removeFolderStore } from "./browser/folder-store.ts";
export { hashPicture } from "./browser/hash-picture.ts";
export { probeFile, type RequestOptions } from "./browser/http-request.ts";
export { decodeImage, encodeJpeg, openPhoto, readImageHeader } from "./browser/image-codec.ts";
export { openOutputFile } from "./browser/output-file.ts";
export { photoTexture } from "./browser/photo-texture.ts";
export { openSpool } from "./browser/spool.ts";
export { uprightPhoto } from "./browser/upright-photo.ts";
export { serveRequests, startWorkerProcess } from "./browser/worker-process.ts";
export { requestWorkers } from "./request-workers.ts";
export { WorkerPool } from "./worker-pool.ts";
