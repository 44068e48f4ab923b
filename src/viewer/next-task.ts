/** Lets the page draw and answer before what follows, which takes some tens of milliseconds itself. */
export function nextTask(): Promise<void> {
  return new Promise((done) => setTimeout(done));
}
