// Expands `//#include "lib/x.wgsl"` lines of a shader at build time. A file is included once per shader,
// includes may nest, and each line of the result remembers its file and line, so that a compile error can be
// reported where it was written.

const INCLUDE = /^\s*\/\/#include\s+"([^"]+)"\s*$/;

/**
 * @typedef {[line: number, file: string, fileLine: number]} LineSpan From `line` of the expanded text on (counted
 *   from 1), lines come from `file`, the first of them being its line `fileLine`.
 */

/**
 * @param {string} file path of the shader relative to the shader folder
 * @param {(file: string) => string | undefined} read gives a file's text, or undefined where there is none
 * @returns {{ text: string, spans: LineSpan[] }}
 * @throws Error with `file:line` for an include that is malformed, missing or part of a cycle
 */
export function expandIncludes(file, read) {
  /** @type {string[]} */
  const lines = [];
  /** @type {LineSpan[]} */
  const spans = [];
  const included = new Set([file]);

  /** @type {(name: string, text: string, chain: string[]) => void} */
  const expand = (name, text, chain) => {
    spans.push([lines.length + 1, name, 1]);
    text.split('\n').forEach((line, index) => {
      if (!line.includes('#include')) {
        lines.push(line);
        return;
      }
      const where = `shaders/${name}:${index + 1}`;
      const target = INCLUDE.exec(line)?.[1];
      if (target === undefined) {
        throw new Error(`${where}: malformed include '${line.trim()}', expected //#include "lib/name.wgsl"`);
      }
      if (chain.includes(target)) {
        throw new Error(`${where}: include cycle: ${[...chain, target].join(' -> ')}`);
      }
      if (included.has(target)) {
        lines.push('');
        return;
      }
      const inner = read(target);
      if (inner === undefined) throw new Error(`${where}: included file shaders/${target} does not exist`);
      included.add(target);
      expand(target, inner, [...chain, target]);
      spans.push([lines.length + 1, name, index + 2]);
    });
  };

  const text = read(file);
  if (text === undefined) throw new Error(`shaders/${file} does not exist`);
  expand(file, text, [file]);
  return { text: lines.join('\n'), spans };
}
