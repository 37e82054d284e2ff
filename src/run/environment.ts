// environment.json: where a run ran.
import { dependencies, version } from 'virtual:package';
import type { AdapterInfo } from '../../runtime/engine/adapter_info.ts';

/** @param runtime the platform in words: 'node 20.11.0 linux x64' */
export const environmentOf = (runtime: string, adapter: AdapterInfo): object => {
  const { kind, name, vendor, architecture, description, driver, toggles } = adapter;
  return {
    adapter: {
      ...{ kind, name, vendor, architecture, description },
      ...(driver ? { driver } : {}),
      ...(toggles ? { toggles } : {}),
    },
    runtime,
    version,
    dependencies,
  };
};
