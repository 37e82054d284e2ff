// `nat-webgpu` in Node and Deno.

export * from './library.ts';
export { hostPlatform, listAdapters, openEngine } from '../runtime/host/host.ts';
