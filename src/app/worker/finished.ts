// Finished runs on the GPU, to be asked: one at a time, kept until another is asked or a run begins.
import type { Device } from '../../../runtime/engine/engine.ts';
import { DeviceLostError } from '../../../runtime/errors.ts';
import type { App } from './app.ts';

interface Kept {
  readonly key: string | null;
  readonly engine: Device;
  readonly value: unknown;
}

export class FinishedRuns {
  private kept: Kept | null = null;
  private before: Promise<unknown> = Promise.resolve();

  constructor(private readonly app: App) {}

  /**
   * Asks what `open` makes of a finished run; questions wait for one another.
   * @param key of the run and what is made of it; null for what is not to be kept
   */
  ask<V, T>(
    key: string | null,
    open: (engine: Device) => Promise<V>,
    question: (value: V) => Promise<T>,
  ): Promise<T> {
    return this.alone(async () => {
      try {
        return await question(await this.valueOf(key, open));
      } catch (error) {
        if (!(error instanceof DeviceLostError)) throw error;
        this.giveBack();
        return await question(await this.valueOf(key, open));
      } finally {
        if (key === null) this.giveBack();
      }
    });
  }

  /** Gives the memory back once the questions asked so far are answered. */
  release(): Promise<void> {
    return this.alone(async () => this.giveBack());
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.before.catch(() => {}).then(work);
    this.before = mine;
    return mine;
  }

  private async valueOf<V>(key: string | null, open: (engine: Device) => Promise<V>): Promise<V> {
    if (this.kept && this.kept.key === key) return this.kept.value as V;
    this.giveBack();
    const engine = await this.app.openEngine();
    try {
      const value = await open(engine);
      this.kept = { key, engine, value };
      return value;
    } catch (error) {
      engine.destroy();
      throw error;
    }
  }

  private giveBack(): void {
    this.kept?.engine.destroy();
    this.kept = null;
  }
}
