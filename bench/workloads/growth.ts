// One step of w at settings that grow in one dimension, to see whether its time grows faster than its arithmetic.
import type { AdapterKind } from '../../runtime/engine/adapter_info.ts';
import { PAPER, QUICK, type SearchConfig } from '../../src/search/config.ts';
import { searchStep } from './search_steps.ts';
import type { Workload } from './workload.ts';

export const DIMENSIONS = ['batch', 'channels', 'cells', 'nodes', 'images'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

const IMAGES = 1000;

interface Series {
  readonly config: SearchConfig;
  readonly values: Readonly<Record<Dimension, readonly number[]>>;
}

/** Around the preset that suits an adapter. */
const SERIES: Readonly<Record<'gpu' | 'software', Series>> = {
  gpu: {
    config: PAPER,
    values: {
      batch: [16, 32, 64, 128, 256],
      channels: [8, 16, 32, 64],
      cells: [4, 8, 16],
      nodes: [2, 4, 6],
      images: [1000, 10_000, 50_000],
    },
  },
  software: {
    config: { ...QUICK, batch: 8 },
    values: {
      batch: [4, 8, 16, 32],
      channels: [4, 8, 16],
      cells: [3, 6, 9],
      nodes: [2, 4, 6],
      images: [1000, 4000, 16_000],
    },
  },
};

export interface GrowthWorkload extends Workload {
  readonly dimension: Dimension;
  readonly value: number;
}

export function growthWorkloads(kind: AdapterKind): GrowthWorkload[] {
  const { config, values } = SERIES[kind === 'gpu' ? 'gpu' : 'software'];
  return DIMENSIONS.flatMap((dimension) =>
    values[dimension].map((value) => {
      const changed = dimension === 'images' ? {} : { [dimension === 'cells' ? 'layers' : dimension]: value };
      const step = {
        name: `growth ${dimension} ${value}`,
        phase: 'weights',
        config: { ...config, ...changed },
        images: dimension === 'images' ? value : IMAGES,
      } as const;
      return { ...searchStep(step, { group: 'growth' }), dimension, value };
    }),
  );
}
