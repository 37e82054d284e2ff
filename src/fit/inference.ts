// Evaluation and prediction: a batch is recorded once for each size and model, and replayed ever after. The last batch is
// filled up with copies, which are not counted, so that every image counts once.
import type { Device } from '../../runtime/engine/engine.ts';
import { UserError } from '../../runtime/errors.ts';
import { createTensor, SlotAllocator } from '../core/allocator.ts';
import { planRecording } from '../core/plan.ts';
import type { PlannedEngine } from '../core/planned_engine.ts';
import { commandsOnly, inOrder, runSteps, type Step, writesOnly } from '../core/step.ts';
import { Tape } from '../core/tape.ts';
import type { Tensor } from '../core/tensor.ts';
import { download } from '../core/transfer.ts';
import {
  allocateEvaluationCounts,
  type EvaluationCounts,
  recordEvaluationCounts,
} from '../ops/loss/evaluation_counts.ts';
import { softmax } from '../ops/policy/softmax.ts';
import { throttle } from '../run/throttle.ts';
import { type EvaluationResult, summarizeCounts } from '../train/evaluation.ts';
import { BatchWriter, countImages, type ImageArrays, type Images, isArrays, type Pixels } from './images.ts';
import type { Model } from './model.ts';

export interface InferenceProgram {
  readonly writer: BatchWriter;
  readonly counts: EvaluationCounts;
  readonly clear: Step;
  /** (batch,K). */
  readonly logits: Tensor;
  readonly probabilities: Tensor;
  /** The forward pass of what the writer holds; the first `live` rows of it are added to the counts. */
  evaluate(live: number): Step;
  /** The forward pass alone, with probabilities. */
  predict(): Step;
}

/** How images are evaluated. */
export interface InferenceOptions {
  /** Images at a time; 64 unless given. It changes no result but by rounding. */
  readonly batch?: number;
}

/** What was predicted for images, in their order. */
export interface Prediction {
  /** The class with the largest logit, the first of equal ones, by image. */
  readonly classes: Int32Array<ArrayBuffer>;
  /** Row by row, (N,K): softmax of the logits. */
  readonly probabilities: Float32Array<ArrayBuffer>;
  /** Row by row, (N,K). */
  readonly logits: Float32Array<ArrayBuffer>;
}

/**
 * Accuracy and loss on images with labels, by the running statistics of batch norms. Rejects with UserError for images
 * or labels that do not fit the network, or where there are none.
 */
export async function evaluate(
  model: Model,
  images: Images,
  { batch = 64 }: InferenceOptions = {},
): Promise<EvaluationResult> {
  const { engine } = model;
  const { writer, counts, clear, evaluate: forward } = await inferenceOf(model, batch);
  const settle = throttle(engine);
  runSteps(engine, clear);
  let seen = 0;
  for await (const { live } of pieces(model, images, writer, true)) {
    await settle();
    runSteps(engine, forward(live));
    seen += live;
  }
  if (seen === 0) throw new UserError('evaluate: there are no images');
  const { confusion, totals, losses } = counts;
  const [confused, sums, lost] = await download(engine, confusion, totals, losses);
  return summarizeCounts(confused as Uint32Array, sums as Uint32Array, lost as Float32Array);
}

/**
 * What the network says of images: all at once, or in batches, whose labels are ignored. Rejects with UserError for images
 * that do not fit the network.
 */
export async function predict(
  model: Model,
  images: Pixels | Images,
  { batch = 64 }: InferenceOptions = {},
): Promise<Prediction> {
  const { engine, format } = model;
  const { writer, logits, probabilities, predict: forward } = await inferenceOf(model, batch);
  const parts: { readonly logits: Float32Array; readonly probabilities: Float32Array }[] = [];
  const given = ArrayBuffer.isView(images) ? { images } : images;
  for await (const { live } of pieces(model, given, writer, false)) {
    runSteps(engine, forward());
    const [y, p] = (await download(engine, logits, probabilities)) as Float32Array[];
    const end = live * format.classes;
    parts.push({ logits: y!.subarray(0, end), probabilities: p!.subarray(0, end) });
  }
  const joined = {
    logits: join(parts.map((part) => part.logits)),
    probabilities: join(parts.map((part) => part.probabilities)),
  };
  return { classes: largest(joined.logits, format.classes), ...joined };
}

/** The program for batches of a size; recorded at the first call. */
function inferenceOf(model: Model, batch: number): Promise<InferenceProgram> {
  if (!(Number.isInteger(batch) && batch >= 1)) {
    throw new UserError(`batch: got ${batch}, expected a whole number of 1 or more`);
  }
  const { engine, inference } = model;
  let program = inference.get(batch);
  if (!program) inference.set(batch, (program = recordOn(engine, model, batch)));
  return program;
}

async function recordOn(engine: Device, model: Model, batch: number): Promise<InferenceProgram> {
  const program = await planRecording(engine, (planned) => record(planned, model, batch)).record(engine);
  const { confusion, totals, losses } = program.counts;
  const readbacks = [confusion.bytes + totals.bytes + losses.bytes, 2 * program.logits.bytes];
  engine.reserveReadback(Math.max(...readbacks));
  return program;
}

function record(engine: PlannedEngine, { network, format }: Model, batch: number): InferenceProgram {
  const writer = new BatchWriter(batch, format);
  const images = createTensor(engine, 'images', [batch, ...format.shape]);
  const targets = createTensor(engine, 'targets', [batch], 'i32');
  const counts = allocateEvaluationCounts(engine, format.classes);
  const activations = new SlotAllocator('activations', engine);
  const scratch = new SlotAllocator('scratch', engine);
  const tape = new Tape({ engine, activations, scratch, training: false, batchStatistics: false });
  const { logits } = network.forward(tape, images);
  const forward = tape.take();
  const probabilities = tape.apply(softmax, { x: logits, mask: null });
  const predicting = tape.take();
  recordEvaluationCounts(tape, logits, targets, counts);
  const counting = tape.take();
  const { confusion, totals, losses, live } = counts;
  const written = writesOnly({ region: images, data: writer.images });
  const labelled = writesOnly({ region: targets, data: writer.targets });
  return {
    ...{ writer, counts, logits, probabilities },
    clear: commandsOnly([confusion, totals, losses].map((x) => engine.recordClear(x))),
    evaluate: (rows) =>
      inOrder(
        written,
        labelled,
        writesOnly({ region: live, data: Uint32Array.of(rows) }),
        commandsOnly(forward, counting),
      ),
    predict: () => inOrder(written, commandsOnly(forward, predicting)),
  };
}

/** Fills the writer with images, piece by piece, in order; `live` rows of it are images. */
async function* pieces(
  { format }: Model,
  images: Images,
  writer: BatchWriter,
  labelled: boolean,
): AsyncGenerator<{ readonly live: number }> {
  for await (const arrays of isArrays(images) ? [images] : images) {
    const count = countImages(arrays, format, labelled);
    const some: ImageArrays = labelled ? arrays : { images: arrays.images };
    for (let first = 0; first < count; first += writer.batch) {
      const live = Math.min(writer.batch, count - first);
      for (let row = 0; row < live; row++) writer.copy(row, some, first + row);
      writer.pad(live);
      yield { live };
    }
  }
}

function join(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The place of the largest number of each row, the first of equal ones. */
function largest(rows: Float32Array, columns: number): Int32Array<ArrayBuffer> {
  return Int32Array.from({ length: rows.length / columns }, (_, n) => {
    const row = rows.subarray(n * columns, (n + 1) * columns);
    return row.reduce((best, value, k) => (value > row[best]! ? k : best), 0);
  });
}
