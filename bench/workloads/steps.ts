// The whole steps that are measured.
import { PAPER, QUICK, type SearchConfig } from '../../src/search/config.ts';
import { searchStep } from './search_steps.ts';
import { resnetStep } from './train_steps.ts';
import type { Workload } from './workload.ts';

const IMAGES = 1000;

export function stepWorkloads(): Workload[] {
  const search = (preset: string, config: SearchConfig, heavy: boolean): Workload[] =>
    (['weights', 'policy'] as const).map((phase) =>
      searchStep(
        {
          name: `${phase === 'weights' ? 'w' : 'theta'} step (${preset} preset)`,
          phase,
          config,
          images: IMAGES,
        },
        { group: 'steps', heavy },
      ),
    );
  return [
    ...search('quick', QUICK, false),
    resnetStep(8),
    resnetStep(128, true),
    ...search('paper', PAPER, true),
  ];
}
