// Both kinds of store keep the same promises, and a bucket's keys are told to nobody.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { StoreError, UserError } from '../runtime/errors.ts';
import { bucketStore } from '../runtime/host/node/bucket_store.ts';
import { nodePlatform } from '../runtime/host/node/platform_node.ts';
import type { Store } from '../runtime/host/store.ts';
import { folderStore } from '../src/queue/folder_store.ts';
import { startBucket } from './support/bucket.ts';

const SECRET = 'never-shown';
const environment = (endpoint: string) => ({
  AWS_ACCESS_KEY_ID: 'AKTEST',
  AWS_SECRET_ACCESS_KEY: SECRET,
  AWS_REGION: 'eu-test-1',
  AWS_ENDPOINT_URL: endpoint,
});

async function keepsItsPromises(store: Store): Promise<void> {
  assert.is(await store.read('a/none'), null);
  assert.is(await store.exists('a/none'), false);
  assert.equal(await store.list('a'), []);
  await store.remove('a/none');
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => i);
  await store.write('a/b/one.bin', bytes);
  assert.equal(await store.read('a/b/one.bin'), bytes);
  await store.write('a/b/one.bin', new Uint8Array([1]));
  assert.equal(await store.read('a/b/one.bin'), new Uint8Array([1]));
  assert.is(await store.exists('a/b/one.bin'), true);
  for (const name of ['two', 'three', 'four', 'five']) await store.write(`a/${name}.json`, bytes);
  await store.write('ab/other', bytes);
  const listed = ['a/b/one.bin', 'a/five.json', 'a/four.json', 'a/three.json', 'a/two.json'];
  assert.equal(await store.list('a'), listed);
  await store.remove('a/two.json');
  assert.equal(await store.list('a'), listed.slice(0, -1));
}

test('a folder as a store', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nat-store-'));
  try {
    await keepsItsPromises(folderStore(nodePlatform().files, folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a bucket as a store, with a prefix and without', async () => {
  const bucket = await startBucket('grids', 'AKTEST');
  try {
    await keepsItsPromises(bucketStore('s3://grids/some/prefix', environment(bucket.endpoint)));
    assert.ok([...bucket.objects.keys()].every((key) => key.startsWith('some/prefix/')));
    bucket.objects.clear();
    await keepsItsPromises(bucketStore('s3://grids', environment(bucket.endpoint)));
  } finally {
    await bucket.close();
  }
});

test('a bucket that fails is a failure of the store, in one line without a secret', async () => {
  const bucket = await startBucket('grids', 'AKTEST');
  try {
    const store = bucketStore('s3://grids/x', environment(bucket.endpoint));
    const wrongKeys = bucketStore('s3://grids/x', {
      ...environment(bucket.endpoint),
      AWS_ACCESS_KEY_ID: 'OTHER',
    });
    const noBucket = bucketStore('s3://other', environment(bucket.endpoint));
    const failures: (() => Promise<unknown>)[] = [
      () => wrongKeys.write('a', new Uint8Array(1)),
      () => noBucket.write('a', new Uint8Array(1)),
      ...[403, 500, 507].flatMap((status) => [
        () => ((bucket.failing = status), store.write('a', new Uint8Array(1))),
        () => ((bucket.failing = status), store.read('a')),
      ]),
    ];
    for (const fail of failures) {
      const error = await fail().then(
        () => null,
        (reason: Error) => reason,
      );
      bucket.failing = null;
      assert.instance(error, StoreError, String(fail));
      assert.match(error!.message, /^store s3:\/\/(grids\/x|other): cannot (write|read) a: /);
      assert.not.match(error!.message, new RegExp(`${SECRET}|\\n`));
    }
  } finally {
    await bucket.close();
  }
});

test('what is missing to reach a bucket is said before anything is done', () => {
  const good = environment('http://localhost:1');
  const refused = (address: string, env: object, message: RegExp): void =>
    assert.throws(
      () => bucketStore(address, env as typeof good),
      (error: Error) => error instanceof UserError && message.test(error.message),
    );
  refused('s3://', good, /expected s3:\/\/BUCKET\/PREFIX/);
  refused('s3://Upper', good, /in lower case/);
  refused(
    's3://grids',
    { ...good, AWS_SECRET_ACCESS_KEY: '' },
    /set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/,
  );
});

test.run();
