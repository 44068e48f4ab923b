import { messageOf } from "../message-of.ts";
import { mayBeVideo } from "./dropped-files.ts";
import { trayPhoto } from "./preview.ts";
import type { TrayPhoto } from "./tray-photo.ts";

/** What files became. */
export interface PhotosRead {
  readonly photos: readonly TrayPhoto[];
  /** Videos that cannot be read, one sentence each. */
  readonly problems: readonly string[];
}

/** Photos of files in their order, videos as the frames that are chosen of them; `onStep` hears what is being read. */
export async function readPhotos(files: readonly File[], onStep: (text: string) => void): Promise<PhotosRead> {
  const problems: string[] = [];
  const read = async (file: File): Promise<readonly TrayPhoto[]> => {
    if (!mayBeVideo(file)) return [await trayPhoto(file)];
    try {
      // Whoever drops no video does not load what decodes them.
      const { videoFrames } = await import("./video-frames.ts");
      const frames = await videoFrames(file, (share) =>
        onStep(`Choosing frames of ${file.name}: ${Math.round(100 * share)} %`),
      );
      return await Promise.all(frames.map((frame) => trayPhoto(frame)));
    } catch (error) {
      problems.push(messageOf(error));
      return [];
    }
  };
  const photos = await Promise.all(files.map(read));
  return { photos: photos.flat(), problems };
}
