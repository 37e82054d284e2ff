// When the lines of metrics.jsonl were written, by timing.jsonl.
import type { Files } from '../../runtime/host/platform.ts';
import { readJsonLines } from '../io/json_lines.ts';

/**
 * Milliseconds of work from the run's beginning to each of its lines, by 'epoch phase step' (null for a step that a line
 * has not); empty where the run took no times.
 */
export async function readTimes(files: Files, folder: string): Promise<Map<string, number>> {
  const path = `${folder}/timing.jsonl`;
  const times = new Map<string, number>();
  let passed = 0;
  for (const { epoch, phase, step = null, ms } of await readJsonLines(files, path)) {
    if (typeof ms !== 'number') continue;
    passed += ms;
    times.set(`${String(epoch)} ${String(phase)} ${String(step)}`, passed);
  }
  return times;
}
