import { droppedFiles } from "./photos/dropped-files.ts";

/** What happens on the page beyond its buttons. */
export interface PageActions {
  readonly onFiles: (files: readonly File[]) => void;
  readonly onUndo: () => void;
  readonly onRedo: () => void;
  readonly onReconstruct: () => void;
}

/** Files may be dropped anywhere or pasted; Ctrl or ⌘ with Z, Shift+Z, Y and Enter act. */
export function listenToPage({ onFiles, onUndo, onRedo, onReconstruct }: PageActions): void {
  const { classList } = document.body;
  let depth = 0;
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") === true;
  addEventListener("dragenter", (event) => {
    if (hasFiles(event) && ++depth > 0) classList.add("dropping");
  });
  addEventListener("dragleave", (event) => {
    if (hasFiles(event) && --depth <= 0) classList.remove("dropping");
  });
  addEventListener("dragover", (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  addEventListener("drop", async (event) => {
    depth = 0;
    classList.remove("dropping");
    if (!hasFiles(event) || !event.dataTransfer) return;
    event.preventDefault();
    onFiles(await droppedFiles(event.dataTransfer));
  });
  addEventListener("paste", async (event) => {
    if (!event.clipboardData?.types.includes("Files")) return;
    event.preventDefault();
    onFiles(await droppedFiles(event.clipboardData));
  });
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || isText(event.target)) return;
    const key = event.key.toLowerCase();
    const action = {
      z: event.shiftKey ? onRedo : onUndo,
      y: onRedo,
      enter: onReconstruct,
    }[key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function isText(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === "text";
}
