// Where and for whom the jobs of an experiment are done.
import type { Device } from '../../runtime/engine/engine.ts';
import type { RunObserver } from '../run/observer.ts';
import type { ImageSources } from '../train/load.ts';

export interface JobRequest {
  readonly sources: ImageSources;
  /** A device for one run. */
  openEngine(): Promise<Device>;
  /** For the environment.json of the runs. */
  environment(engine: Device): object;
  readonly observer: RunObserver;
}
