// `nat-webgpu` in pages and workers: the same names.

export * from './library.ts';
export { hostPlatform, listAdapters, openEngine } from '../runtime/host/browser/host_browser.ts';
