import { WebGLRenderer } from "three";

let made: WebGLRenderer | undefined;

/**
 * The renderer of the page, whose canvas goes from one scene to the next: making one holds the page up for a tenth of a second and
 * more, as long as the graphics process takes. One scene at a time may use it. Throws where the browser has no WebGL 2.
 */
export function pageRenderer(): WebGLRenderer {
  if (made) return made;
  made = new WebGLRenderer({ antialias: true, alpha: true });
  made.setClearColor(0, 0);
  const canvas = made.domElement;
  canvas.tabIndex = 0;
  canvas.role = "application";
  return made;
}
