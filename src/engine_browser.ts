// `nat-webgpu/engine` in pages and workers: the same names.

export * from './engine.ts';
export { hostPlatform, listAdapters, openEngine } from '../runtime/host/browser/host_browser.ts';
