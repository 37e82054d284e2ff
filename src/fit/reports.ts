// What a training tells of its steps: loss and accuracy add up on the device, and are read where somebody wants to know.
import type { Device } from '../../runtime/engine/engine.ts';
import { RunError } from '../../runtime/errors.ts';
import { download } from '../core/transfer.ts';
import type { FitProgram } from './program.ts';

/** What a part of a training was like. */
export interface TrainingReport {
  /** From 0. */
  readonly epoch: number;
  /** Steps done in this epoch. */
  readonly step: number;
  /** Mean cross-entropy, and share of right answers, of the images since the last report of this kind. */
  readonly loss: number;
  readonly accuracy: number;
  /** Learning rate of the last step. */
  readonly lr: number;
}

/** Sums over images. */
interface Sums {
  loss: number;
  hits: number;
  images: number;
}

const ZEROS = new Float32Array(4);

export class Reports {
  /** Of the epoch at hand, as far as it was read; restored from a checkpoint. */
  readonly latest = { epoch: 0, step: 0, lr: 0, sums: { loss: 0, hits: 0, images: 0 } };

  constructor(
    private readonly engine: Device,
    private readonly program: Pick<FitProgram, 'metrics'>,
  ) {}

  /** A step was submitted. */
  done(epoch: number, step: number, lr: number): void {
    Object.assign(this.latest, { epoch, step, lr });
  }

  /** Of the steps since the last report. Rejects with RunError where training has diverged. */
  async ofSteps(): Promise<TrainingReport> {
    return this.report(await this.take());
  }

  /** Of the epoch; the next one begins. Rejects with RunError where training has diverged. */
  async ofEpoch(): Promise<TrainingReport> {
    await this.take();
    const { sums } = this.latest;
    this.latest.sums = { loss: 0, hits: 0, images: 0 };
    return this.report(sums);
  }

  private report({ loss, hits, images }: Sums): TrainingReport {
    const { epoch, step, lr } = this.latest;
    return { epoch, step, loss: loss / images, accuracy: hits / images, lr };
  }

  /** Reads what has added up on the device, and begins anew there. */
  private async take(): Promise<Sums> {
    const { metrics } = this.program;
    const [counts] = await download(this.engine, metrics);
    this.engine.write(metrics, ZEROS);
    const [loss, hits, , images] = counts as unknown as [number, number, number, number];
    const { epoch, step, lr, sums } = this.latest;
    if (!Number.isFinite(loss)) {
      throw new RunError(
        `training diverged: the loss of epoch ${epoch} is ${loss} after ${step} steps; take a smaller learning rate (now ${lr})`,
      );
    }
    sums.loss += loss;
    sums.hits += hits;
    sums.images += images;
    return { loss, hits, images };
  }
}
