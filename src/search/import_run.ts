// A finished search from weights that another program trained, the authors' code above all: with them in a run folder,
// everything that is done with a search here can be done.
import type { Files } from '../../runtime/host/platform.ts';
import { ANY_ADAPTER } from '../core/plan.ts';
import type { Dataset } from '../data/dataset.ts';
import { withDataset } from '../data/dataset_record.ts';
import { UserError } from '../../runtime/errors.ts';
import type { Tensors } from '../io/safetensors.ts';
import type { ParameterStore } from '../nn/parameters.ts';
import { matchParameters } from '../nn/weight_files.ts';
import { createRun } from '../run/run_folder.ts';
import { checkSearchConfig, type SearchConfig } from './config.ts';
import { planSearch } from './session.ts';

/** Tensors of a file. */
export interface ImportedFile {
  readonly path: string;
  readonly tensors: Tensors;
}

/** What becomes a run folder, and of which settings and images it is. */
export interface SearchImport {
  readonly files: Files;
  /** The run folder to make. */
  readonly dir: string;
  /** Settings that the weights were trained with: sizes, operations and policy must be those. */
  readonly config: SearchConfig;
  /** The images that `derive` judges by. */
  readonly data: Dataset;
  readonly weights: ImportedFile;
  readonly policy: ImportedFile;
}

/** Statistics of batch norms, which a supernet never uses: PyTorch keeps them all the same. */
const UNUSED = /\.(?:running_mean|running_var|num_batches_tracked)$/;

/**
 * Makes the run folder; resolves to how many parameters w and theta have.
 * Throws UserError where the folder is taken, and for a tensor that is missing, has another shape, or has no place.
 */
export async function importSearch(request: SearchImport): Promise<{ weights: number; policy: number }> {
  const { files, dir, data, weights, policy } = request;
  const config = await withDataset(request.config, data);
  checkSearchConfig(config);
  const { model, theta } = planSearch(ANY_ADAPTER, config, data.train.labels.length).draft;
  const kept = { weights: ours(model.weights, weights), policy: ours(theta, policy) };
  const run = await createRun(files, dir, config, { imported: [weights.path, policy.path] });
  try {
    const parameters = { weights: model.weights.count, policy: theta.count };
    await run.finish({ ...kept, result: { imported: true, parameters }, engine: {} });
    return parameters;
  } finally {
    await run.leave();
  }
}

/** Those that the parameters need, in their order. */
function ours(store: ParameterStore, { path, tensors }: ImportedFile): Tensors {
  // DataParallel puts this in front
  const named = Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name.replace(/^module\./, ''), tensor]),
  );
  const found = matchParameters(store, named, path);
  const extra = Object.keys(named).find((name) => !(name in found) && !UNUSED.test(name));
  if (extra !== undefined) {
    throw new UserError(
      `${path}: tensor '${extra}' has no place here; are the settings those of the weights?`,
    );
  }
  return found;
}
