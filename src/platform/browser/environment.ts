/** There are none in a browser. */
export function environmentVariable(_name: string): string | undefined {
  return undefined;
}

/** Where downloads are kept between visits: a folder of the site's private file system. */
export function cacheFolder(): string {
  return "/opfs/dust3r";
}

/** The path of a folder that the package ships; what is in it was provided with `provideFile`. */
export function packageFolder(name: string): string {
  return `/package/${name}`;
}

/** A browser does not tell. */
export function peakMemory(): number {
  return 0;
}

/** Memory that a site may count on, in bytes: browsers tell no more than a class of devices, or nothing. */
export function memorySize(): number {
  const { deviceMemory = 4 } = navigator as { readonly deviceMemory?: number };
  return deviceMemory * 2 ** 30;
}

/** Processors that this worker may use. */
export function processorCount(): number {
  return navigator.hardwareConcurrency;
}
