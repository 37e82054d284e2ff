/**
 * `nat-webgpu/engine`: tensors, ops, autograd, layers, optimizers, images. In Node and Deno; engine_browser.ts has the same
 * names for pages.
 *
 * @module nat-webgpu/engine
 */

export * from './engine.ts';
export { hostPlatform, listAdapters, openEngine } from '../runtime/host/host.ts';
