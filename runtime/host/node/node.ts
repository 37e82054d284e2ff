// What the library loads in Node alone, by an import of its own, so that others never see `node:` modules.

export { nodeGpu } from './gpu_node.ts';
export { nodePlatform } from './platform_node.ts';
