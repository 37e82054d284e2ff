// `nat-webgpu/engine` in Node and Deno.

export * from './engine.ts';
export { hostPlatform, listAdapters, openEngine } from '../runtime/host/host.ts';
