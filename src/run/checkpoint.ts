// A checkpoint in one file, so that replacing it is one atomic step: a safetensors file whose metadata holds the
// state as JSON, the length of the run's metrics.jsonl at that moment, and a SHA-256 over all of it.

import { UserError } from '../../runtime/errors.ts';
import { sha256 } from '../io/digest.ts';
import { formatJsonLine } from '../io/json.ts';
import type { JsonObject } from '../io/json.ts';
import { parseSafetensors, serializeSafetensors } from '../io/safetensors.ts';
import type { Tensors } from '../io/safetensors.ts';

const FORMAT = '2';

export interface Checkpoint {
  /** Whatever is needed to go on besides the tensors: epoch, phase, step, the latest metrics ... */
  readonly state: JsonObject;
  readonly tensors: Tensors;
}

/** The file's bytes; `metricsBytes` of metrics.jsonl belong to the steps before the checkpoint. */
export async function encodeCheckpoint(
  { state, tensors }: Checkpoint,
  metricsBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const metadata = {
    format: FORMAT,
    metrics_bytes: String(metricsBytes),
    state: formatJsonLine(state, 'checkpoint'),
  };
  const digest = await sha256(serializeSafetensors(tensors, metadata));
  return serializeSafetensors(tensors, { ...metadata, sha256: digest });
}

/** The file is damaged, or of another version. */
export class UnreadableCheckpoint extends UserError {
  constructor(
    readonly what: string,
    remedy: string,
  ) {
    super(`${what}; ${remedy}`);
  }
}

/** Throws UnreadableCheckpoint that begins with `path` where the file is damaged or of another version. */
export async function decodeCheckpoint(
  bytes: Uint8Array<ArrayBuffer>,
  path: string,
): Promise<Checkpoint & { metricsBytes: number }> {
  const damaged = (why: string) =>
    new UnreadableCheckpoint(
      `${path}: the checkpoint is damaged (${why})`,
      'remove it to start the run again from its beginning',
    );
  let file;
  try {
    file = parseSafetensors(bytes, 'it');
  } catch (error) {
    throw damaged((error as Error).message);
  }
  const { sha256: digest, ...metadata } = file.metadata;
  if (metadata['format'] !== FORMAT && metadata['format'] !== undefined) {
    throw new UnreadableCheckpoint(
      `${path}: the checkpoint has format ${metadata['format']}, this version reads ${FORMAT}`,
      'go on with the version that wrote it',
    );
  }
  // what was hashed is the same file without its digest
  if (digest !== (await sha256(serializeSafetensors(file.tensors, metadata)))) {
    throw damaged('its SHA-256 is another');
  }
  return {
    state: JSON.parse(metadata['state']),
    tensors: file.tensors,
    metricsBytes: Number(metadata['metrics_bytes']),
  };
}
