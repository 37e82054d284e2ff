// The WGSL text of every kernel, and where each of its lines was written.

import { shaders, shaderSpans } from 'virtual:shaders';

/** Names of all kernels, sorted. */
export const shaderNames: readonly string[] = Object.keys(shaders).sort();

/** WGSL text of a kernel, includes expanded. Throws for a name that is no file of shaders/. */
export function shaderText(name: string): string {
  const text = shaders[name];
  if (text === undefined) {
    throw new Error(`no kernel '${name}': expected a file shaders/${name}.wgsl`);
  }
  return text;
}

/** Where line `line` (from 1) of a kernel's expanded text was written: 'shaders/lib/index.wgsl:12'. */
export function shaderLocation(name: string, line: number): string {
  const span = shaderSpans[name]?.findLast(([first]) => first <= line);
  if (!span) return `shaders/${name}.wgsl:${line}`;
  return `shaders/${span[1]}:${span[2] + line - span[0]}`;
}
