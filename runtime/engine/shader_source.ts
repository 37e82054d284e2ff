// The WGSL text of every kernel, and where each of its lines was written.

import { shaders, shaderSpans } from 'virtual:shaders';
import { UserError } from '../errors.ts';

/** Names of all kernels, sorted. */
export const shaderNames: readonly string[] = Object.keys(shaders).sort();

/** Kernels of the library's users, by name. */
const own = new Map<string, string>();

/** Whether a kernel is one of the library's users. */
export const isOwnShader = (name: string): boolean => own.has(name);

/** Adds a kernel of a user. Throws UserError where another text has its name. */
export function addOwnShader(name: string, wgsl: string): void {
  const known = own.get(name) ?? shaders[name];
  if (known !== undefined && known !== wgsl) {
    throw new UserError(`kernel ${name}: there is another kernel of this name; give it another one`);
  }
  own.set(name, wgsl);
}

/** WGSL text of a kernel, includes expanded. Throws for a name that is no file of shaders/ and no user's. */
export function shaderText(name: string): string {
  const text = own.get(name) ?? shaders[name];
  if (text === undefined) {
    throw new Error(`no kernel '${name}': expected a file shaders/${name}.wgsl`);
  }
  return text;
}

/** Where line `line` (from 1) of a kernel's expanded text was written: 'shaders/lib/index.wgsl:12'. */
export function shaderLocation(name: string, line: number): string {
  if (own.has(name)) return `kernel ${name}, line ${line}`;
  const span = shaderSpans[name]?.findLast(([first]) => first <= line);
  if (!span) return `shaders/${name}.wgsl:${line}`;
  return `shaders/${span[1]}:${span[2] + line - span[0]}`;
}
