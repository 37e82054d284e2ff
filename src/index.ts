// The library for Node and Deno.

export * from './library.ts';
export { type MainJobRequest, runMainJob } from './derive/main_job.ts';
export { hostGpu, hostPlatform, openHostEngine as openEngine } from '../runtime/host/host.ts';
