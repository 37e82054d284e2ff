// The library for Node and Deno.

export * from './library.ts';
export { hostGpu, hostPlatform, openHostEngine as openEngine } from '../runtime/host/host.ts';
