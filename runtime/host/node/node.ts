// What the library loads in Node alone. A bundle of its own (dist/node.js), so that others never see `node:` modules.

export { nodeGpu } from './gpu_node.ts';
export { nodePlatform } from './platform_node.ts';
