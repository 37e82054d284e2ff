// environment.json: where a run ran.
import { dependencies, version } from 'virtual:package';
import type { AdapterInfo } from '../../runtime/adapter_info.ts';
import type { Platform } from '../../runtime/platform.ts';

export const environmentOf = (platform: Platform, adapter: AdapterInfo): object => {
  const { kind, name, vendor, architecture, description, driver } = adapter;
  return {
    adapter: { kind, name, vendor, architecture, description, ...(driver ? { driver } : {}) },
    runtime: platform.runtime,
    version,
    dependencies,
  };
};
