/**
 * `nat-webgpu`: all of `nat-webgpu/engine` and `nat-webgpu/zoo`, the search, policies, deriving, ground truth. In Node and
 * Deno; browser.ts has the same names for pages.
 *
 * @module nat-webgpu
 */

export * from './library.ts';
export { hostPlatform, listAdapters, openEngine } from '../runtime/host/host.ts';
