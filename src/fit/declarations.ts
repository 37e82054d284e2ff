// The parameters of a network of layers: declared while the layers are called for the first time, on an engine that only
// counts, and found again whenever the network is recorded.
import type { Engine } from '../../runtime/engine/engine.ts';
import { UserError } from '../../runtime/errors.ts';
import { createTensor } from '../core/allocator.ts';
import type { Builder } from '../nn/layers.ts';
import { ParameterStore } from '../nn/parameters.ts';

export class Declarations {
  readonly weights = new ParameterStore('weights', true);
  /** Running means and variances. */
  readonly statistics = new ParameterStore('running statistics', false);
  private readonly made = new Map<string, unknown>();
  private complete = false;

  /** No more parameters: what is declared now is what the network has. */
  close(): void {
    this.complete = true;
  }

  /**
   * What `declare` made when it was first called under this name. Throws UserError where that should have been before.
   * @param engine the one that only counts, where something is declared
   */
  once<T>(name: string, engine: Engine, declare: (b: Builder) => T): T {
    if (this.made.has(name)) return this.made.get(name) as T;
    if (this.complete) {
      throw new UserError(
        `network: layer ${name} was not there when the network was made; a function of layers must call the same ones every time`,
      );
    }
    const { weights, statistics } = this;
    const known = [weights, statistics].map(({ parameters }) => parameters.length);
    const made = declare({ weights, statistics, affine: true });
    [weights, statistics].forEach(({ parameters }, i) => {
      for (const parameter of parameters.slice(known[i])) {
        parameter.tensor = createTensor(engine, parameter.name, parameter.shape);
      }
    });
    this.made.set(name, made);
    return made;
  }
}
