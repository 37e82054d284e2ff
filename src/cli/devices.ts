// `nat devices`: the adapters found, what matters of each, which one would be taken and why.

import type { AdapterInfo } from '../../runtime/engine/adapter_info.ts';
import { HOW_TO_GET_AN_ADAPTER, nodeGpu } from '../../runtime/host/node/gpu_node.ts';
import { explainChoice, matchesName, noSuchAdapter } from '../../runtime/engine/gpu_provider.ts';
import { ADAPTER_OPTION, adapterName, defineCommand, JSON_OPTION } from './command.ts';
import { suggest } from './invocation.ts';

/** Features that the engine can use. */
const FEATURES = ['shader-f16', 'subgroups', 'timestamp-query'];

export const devices = defineCommand({
  name: 'devices',
  summary: 'the adapters of this machine, and which one a run would take',
  options: { adapter: ADAPTER_OPTION, json: JSON_OPTION },
  examples: [
    ['', 'all adapters; the one taken is marked'],
    ['--adapter swiftshader', 'which one that name takes'],
  ],
  async run(platform, options) {
    const adapters = await nodeGpu().listAdapters();
    const name = adapterName(platform, options);
    const taken = adapters.find((info) => name === undefined || matchesName(info, name));
    if (name !== undefined && adapters.length > 0 && !taken) throw noSuchAdapter(name, adapters);
    const reason = taken && explainChoice(taken, name);
    if (options.json) {
      const choice = taken ? { name: taken.name, kind: taken.kind, reason } : null;
      const help = taken ? {} : { help: HOW_TO_GET_AN_ADAPTER };
      platform.terminal.out(`${JSON.stringify({ adapters, taken: choice, ...help })}\n`);
    } else if (taken) {
      const list = adapters.map((info) => describe(info, info === taken)).join('\n');
      platform.terminal.out(`${list}\n* taken: ${reason}\n`);
    } else {
      platform.terminal.out(`no WebGPU adapter found; ${HOW_TO_GET_AN_ADAPTER}\n`);
    }
    if (taken) suggest(platform, options, [[['start'], 'the main job, on the adapter taken']]);
    return taken ? 0 : 1;
  },
});

function describe(info: AdapterInfo, taken: boolean): string {
  const { limits } = info;
  const usable = FEATURES.map((name) => `${name} ${info.features.includes(name) ? 'yes' : 'no'}`);
  const lines = [
    `${taken ? '*' : ' '} ${info.name}`,
    `    kind ${info.kind}; ${[info.vendor, info.architecture, info.description].filter(Boolean).join(', ')}`,
    `    buffers up to ${size(limits['maxBufferSize'])}, ${size(limits['maxStorageBufferBindingSize'])} a binding, ` +
      `${limits['maxStorageBuffersPerShaderStage']} storage buffers a kernel`,
    `    workgroups of up to ${limits['maxComputeInvocationsPerWorkgroup']} invocations with ` +
      `${size(limits['maxComputeWorkgroupStorageSize'])} of memory`,
    `    ${usable.join(', ')}`,
  ];
  if (info.driver) lines.push(`    driver ${info.driver}`);
  return `${lines.join('\n')}\n`;
}

function size(bytes = 0): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB'];
  const unit = Math.max(
    0,
    units.findLastIndex((_, i) => bytes >= 1024 ** i),
  );
  return `${Math.round((10 * bytes) / 1024 ** unit) / 10} ${units[unit]}`;
}
