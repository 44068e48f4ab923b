/** The bytes of an encoded picture, and what to call it. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** An encoded picture: the path of its file, or its bytes. */
export type Picture = string | NamedBytes;

/** What a picture is called in messages. */
export function nameOfPicture(picture: Picture): string {
  return typeof picture === "string" ? picture : picture.name;
}
