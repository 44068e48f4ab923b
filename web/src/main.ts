import { App } from "./app.ts";
import { keepOffline } from "./offline/keep-offline.ts";

const app = new App(required("stage"), required("panel"));
await app.start();
await keepOffline((state) => app.showOffline(state));

function required(id: string): HTMLElement {
  const node = document.getElementById(id);
  if (!node) throw new Error(`the page has no #${id}`);
  return node;
}
