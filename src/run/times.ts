// When the lines of metrics.jsonl were written, by timing.jsonl.
import type { Files } from '../../runtime/host/platform.ts';
import { parseJsonObject } from '../io/json.ts';

/**
 * Milliseconds of work from the run's beginning to each of its lines, by 'epoch phase step' (null for a step that a line
 * has not); empty where the run took no times.
 */
export async function readTimes(files: Files, folder: string): Promise<Map<string, number>> {
  const path = `${folder}/timing.jsonl`;
  const times = new Map<string, number>();
  if (!(await files.exists(path))) return times;
  let passed = 0;
  const lines = (await files.readText(path)).split('\n').slice(0, -1);
  lines.forEach((line, i) => {
    const { epoch, phase, step = null, ms } = parseJsonObject(line, `${path}, line ${i + 1}`);
    if (typeof ms !== 'number') return;
    passed += ms;
    times.set(`${String(epoch)} ${String(phase)} ${String(step)}`, passed);
  });
  return times;
}
