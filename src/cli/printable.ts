/** What moves the cursor, changes colors or turns the direction of writing, new lines and tabs apart. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** A text in which the control characters of file names are written out, as JSON writes them: a terminal would obey them. */
export function printable(text: string): string {
  return text.replace(CONTROLS, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Prints a line for people on stderr. */
export function printLine(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}
