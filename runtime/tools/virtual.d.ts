// Types of the modules that the build makes (runtime/tools/build.mjs).

declare module 'virtual:shaders' {
  /** Kernel name (file name without .wgsl, files of a folder of shaders/ other than lib) -> WGSL text, includes expanded. */
  export const shaders: Readonly<Record<string, string>>;
  /**
   * Kernel name -> where its lines come from: each `[line, file, fileLine]` says that from `line` of the
   * expanded text on, lines come from `file` (relative to shaders/), starting at its `fileLine`.
   */
  export const shaderSpans: Readonly<Record<string, readonly (readonly [number, string, number])[]>>;
}

declare module 'virtual:package' {
  export const version: string;
  /** The folder of the files that come with the program, relative to the module that reads them in Node. */
  export const assets: string;
  /** Dependency name -> exact version, for environment.json. */
  export const dependencies: Readonly<Record<string, string>>;
}

declare module 'virtual:jpeg_decoder' {
  /** The JPEG decoder of @jsquash/jpeg, in base64. */
  export const wasm: string;
}
