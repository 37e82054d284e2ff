// Python, for what only its programs can judge: Debian's packages belong to /usr/bin/python3; NAT_PYTHON names another.
import { spawnSync } from 'node:child_process';

const CANDIDATES = [process.env['NAT_PYTHON'], '/usr/bin/python3', 'python3'];

const found = new Map<string, string | null>();

/** A Python that has the module, or null. */
export function pythonWith(module: string): string | null {
  const has = (python: string | undefined): boolean =>
    !!python && spawnSync(python, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0;
  if (!found.has(module)) found.set(module, CANDIDATES.find(has) ?? null);
  return found.get(module)!;
}

/** What a script prints. Throws with its own words where it fails. */
export function runPython(python: string, script: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(python, ['-c', script, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`python: ${stderr}`);
  return stdout;
}
