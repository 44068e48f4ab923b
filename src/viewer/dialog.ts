import { element, iconButton } from "./dom.ts";

const CROSS = "M5 5l10 10M15 5L5 15";

/** Opens a window over the page with a title; it leaves the page when it is closed. */
export function openDialog(title: string, ...content: readonly Node[]): HTMLDialogElement {
  const close = iconButton("Close", CROSS);
  const heading = element("h2", { id: "dialog-title" }, title);
  const dialog = element("dialog", {}, element("div", { className: "dialog-head" }, heading, close), ...content);
  dialog.setAttribute("aria-labelledby", heading.id);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
