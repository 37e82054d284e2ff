// Curves, results and candidates as rows, in both forms.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../runtime/errors.ts';
import { memoryFiles } from '../runtime/host/memory_files.ts';
import { requireCell } from '../src/arch/zoo/find_cell.ts';
import { genotypeToJson } from '../src/arch/genotype_file.ts';
import { CANDIDATE_COLUMNS, readCandidates } from '../src/derive/candidate_records.ts';
import { formatRecords, readCurves, readResults } from '../src/run/records.ts';

async function folder(contents: Readonly<Record<string, string>>) {
  const files = memoryFiles();
  for (const [path, text] of Object.entries(contents)) {
    const parts = path.split('/').slice(0, -1);
    for (let i = 1; i <= parts.length; i++) await files.makeDirectory(parts.slice(0, i).join('/'));
    await files.writeAtomic(path, text);
  }
  return files;
}

const METRICS =
  '{"epoch":0,"phase":"train","step":2,"lr":0.1,"loss":1.5}\n' +
  '{"epoch":0,"phase":"test","images":8,"loss":null,"top1":0.25}\n' +
  '{"epoch":1,"phase":"tr';

test('curves: a row for every number of every whole line', async () => {
  const files = await folder({ 'r/config.json': '{}', 'r/metrics.jsonl': METRICS });
  const rows = await readCurves(files, 'r');
  const train = { run: '.', phase: 'train', epoch: 0, step: 2 };
  const held = { run: '.', phase: 'test', epoch: 0, step: null };
  assert.equal(rows, [
    { ...train, metric: 'lr', value: 0.1 },
    { ...train, metric: 'loss', value: 1.5 },
    { ...held, metric: 'images', value: 8 },
    { ...held, metric: 'top1', value: 0.25 },
  ]);
  const columns = ['run', 'phase', 'epoch', 'step', 'metric', 'value'] as const;
  const csv = formatRecords(columns, rows.slice(1, 3), 'csv');
  assert.is(csv, 'run,phase,epoch,step,metric,value\r\n.,train,0,2,loss,1.5\r\n.,test,0,,images,8\r\n');
  const lines = formatRecords(columns, rows, 'jsonl').trim().split('\n');
  assert.equal(
    lines.map((line) => JSON.parse(line)),
    rows,
  );
});

test('results: the numbers of finished runs of an experiment, and of its transformations', async () => {
  const files = await folder({
    'e/searches/gcn, "a"/config.json': '{}',
    'e/searches/gcn, "a"/metrics.jsonl': '{"epoch":0,"phase":"policy","step":1,"reward":0.5}\n',
    'e/searches/gcn, "a"/result.json': '{"epochs":2,"policy":{"reward":0.5},"weights":null}',
    'e/trainings/t/config.json': '{}',
    'e/derivations/d.json': '{"adapter":"x","refused":1,"accuracy":{"test":{"after":0.5}},"candidates":[1]}',
  });
  const rows = await readResults(files, 'e');
  assert.equal(rows, [
    { run: 'searches/gcn, "a"', metric: 'epochs', value: 2 },
    { run: 'searches/gcn, "a"', metric: 'policy.reward', value: 0.5 },
    { run: 'derivations/d', metric: 'refused', value: 1 },
    { run: 'derivations/d', metric: 'accuracy.test.after', value: 0.5 },
  ]);
  const csv = formatRecords(['run', 'metric', 'value'], rows.slice(0, 1), 'csv');
  assert.is(csv, 'run,metric,value\r\n"searches/gcn, ""a""",epochs,2\r\n');
  assert.is((await readCurves(files, 'e')).length, 1);
});

test('what is no run, or damaged, is refused in one line', async () => {
  const refuses = async (contents: Readonly<Record<string, string>>, message: RegExp) => {
    const error: unknown = await readCurves(await folder(contents), 'r').catch((e) => e);
    assert.instance(error, UserError);
    assert.match((error as Error).message, message);
  };
  await refuses({ 'r/x': '' }, /^r: neither a run folder nor that of an experiment/);
  const config = { 'r/config.json': '{}' };
  await refuses(
    { ...config, 'r/metrics.jsonl': '{"epoch":0}\n' },
    /metrics\.jsonl, line 1: expected an epoch/,
  );
  await refuses({ ...config, 'r/metrics.jsonl': '{"epoch"\n' }, /metrics\.jsonl, line 1: not valid JSON/);
});

/** DARTS, and with its first edge replaced; `drawn` is the first edge of each candidate. */
function derivation(drawn: readonly string[], chosen: string, more: object = {}): string {
  const input = genotypeToJson(requireCell('DARTS'));
  const normalWith = (op: string) => [[op, ...input.normal[0]!.slice(1)], ...input.normal.slice(1)];
  const candidates = drawn.map((op, i) => ({
    ...{ normal: normalWith(op), reduce: input.reduce, accuracy: i / 4, params: 10 + i, madds: 20 + i },
    ...more,
  }));
  return JSON.stringify({ input, output: { ...input, normal: normalWith(chosen) }, candidates, sha256: 'x' });
}

test('candidates: what was drawn, in order, and which was chosen', async () => {
  const [op] = requireCell('DARTS').normal[0]!;
  const drawn = [op, 'null', 'null'];
  const files = await folder({
    'm/derived.json': derivation(drawn, 'null'),
    'e/derivations/b.json': derivation(['skip_connect'], 'skip_connect', { latency: 1.5 }),
    'e/derivations/a.json': derivation([op], op),
    'x.json': derivation(drawn, 'null'),
  });
  const rows = await readCandidates(files, 'm');
  assert.equal(
    rows.map(({ run, candidate, chosen, accuracy, params, madds, latency, changed }) => [
      ...[run, candidate, chosen, accuracy, params, madds, latency, changed],
    ]),
    [
      ['.', 0, false, 0, 10, 20, null, 0],
      ['.', 1, true, 0.25, 11, 21, null, 1],
      ['.', 2, false, 0.5, 12, 22, null, 1],
    ],
  );
  assert.equal(rows[1]!.normal[0], ['null', 0, 2]);
  assert.equal(await readCandidates(files, 'x.json'), rows);
  const grid = await readCandidates(files, 'e');
  assert.equal(
    grid.map(({ run, chosen, latency, changed }) => [run, chosen, latency, changed]),
    [
      ['derivations/a', true, null, 0],
      ['derivations/b', true, 1.5, 1],
    ],
  );
  const [names, line] = formatRecords(CANDIDATE_COLUMNS, grid.slice(1), 'csv').split('\r\n');
  assert.is(names, 'run,candidate,chosen,accuracy,params,madds,latency,changed,normal,reduce');
  assert.match(line!, /^derivations\/b,0,true,0,10,20,1\.5,1,"\[\[""skip_connect"",0,2\],/);
  const lines = formatRecords(CANDIDATE_COLUMNS, rows, 'jsonl').trim().split('\n');
  assert.equal(
    lines.map((text) => JSON.parse(text)),
    rows,
  );
});

test('candidates: a folder without any, and a file that is damaged, are refused in one line', async () => {
  const files = await folder({
    'r/config.json': '{}',
    'a.json': '{"candidates":[]}',
    'b.json': derivation(['null'], 'null', { params: 'many' }),
    'c.json': derivation(['no_op'], 'null'),
  });
  const refuses = async (path: string, message: RegExp) => {
    const error: unknown = await readCandidates(files, path).catch((e) => e);
    assert.instance(error, UserError);
    assert.match((error as Error).message, message);
  };
  await refuses('r', /^r: holds no transformation; give the folder of a main job/);
  await refuses('a.json', /^a\.json: expected a transformation/);
  await refuses('b.json', /^b\.json: candidates\[0\]: expected a number as params$/);
  await refuses('c.json', /^c\.json: candidates\[0\]: normal\[0\] op 'no_op' is not a known operation/);
});

test.run();
