// `nat report` and `nat records --tensorboard` as commands: where they write, what they print, what they refuse.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Platform } from '../runtime/host/platform.ts';
import type { Subcommand } from '../src/cli/command.ts';
import { type OptionTable, parseFlags } from '../src/cli/flags.ts';
import { records } from '../src/cli/records.ts';
import { report } from '../src/cli/report.ts';
import { type MemoryFiles, memoryFiles } from './support/memory_files.ts';

async function run<T extends OptionTable>(command: Subcommand<T>, args: string, files: MemoryFiles) {
  let out = '';
  const terminal = { interactive: false, quiet: true, out: (text: string) => void (out += text) };
  await command.run({ files, terminal } as unknown as Platform, parseFlags(command.options, args.split(' ')));
  return out;
}

async function smallRun(): Promise<MemoryFiles> {
  const files = memoryFiles();
  await files.makeDirectory('runs/a');
  await files.writeAtomic('runs/a/config.json', '{"seed": 7}');
  await files.writeAtomic('runs/a/metrics.jsonl', '{"epoch":0,"phase":"weights","step":1,"loss":2.5}\n');
  return files;
}

test('nat report writes the page and prints its name', async () => {
  const files = await smallRun();
  assert.is(await run(report, '--run runs/a --out a.html', files), 'a.html\n');
  assert.match(await files.readText('a.html'), '<dt>seed</dt><dd>7</dd>');
});

test('nat records --tensorboard writes a folder for the run and prints how to look at it', async () => {
  const files = await smallRun();
  const out = await run(records, 'runs/a --tensorboard logs', files);
  assert.is(out, 'logs: a; tensorboard --logdir logs\n');
  assert.ok((await files.size('logs/a/events.out.tfevents.0.nat')) > 100);
});

test('both refuse what is no run, by its name', async () => {
  const refusals = [
    () => run(report, '--run nowhere --out a.html', memoryFiles()),
    () => run(records, 'nowhere --tensorboard logs', memoryFiles()),
  ];
  for (const refused of refusals) {
    try {
      await refused();
    } catch (error) {
      assert.match((error as Error).message, /^nowhere: /);
      assert.is((error as Error).name, 'UserError');
      continue;
    }
    assert.unreachable();
  }
});

test.run();
