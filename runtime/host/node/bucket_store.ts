// A bucket of an S3-compatible service as a store. Keys and place come from the environment, as its own tools have them.
import { S3mini } from 's3mini';
import { StoreError, UserError } from '../../errors.ts';
import type { Store } from '../store.ts';

/** Where buckets lie unless AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL says otherwise. */
const usualEndpoint = (region: string): string => `https://s3.${region}.amazonaws.com`;

/**
 * @param address 's3://bucket' or 's3://bucket/prefix'
 * @param env AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL
 * Throws UserError where one of them is missing.
 */
export function bucketStore(address: string, env: Readonly<Record<string, string | undefined>>): Store {
  const [, bucket, path = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,62})(?:\/(.*))?$/.exec(address) ?? [];
  if (bucket === undefined) {
    throw new UserError(
      `--store: got ${address}, expected s3://BUCKET/PREFIX with a bucket's name in lower case`,
    );
  }
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!accessKeyId || !secretAccessKey) {
    throw new UserError(
      `--store ${address}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to the keys of the bucket`,
    );
  }
  const region = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || 'us-east-1';
  const endpoint = env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'] || usualEndpoint(region);
  const client = new S3mini({
    accessKeyId,
    secretAccessKey,
    region,
    endpoint: `${endpoint.replace(/\/+$/, '')}/${bucket}`,
  });
  const prefix = path.replace(/^\/+|\/+$/g, '');
  const keyOf = (key: string): string => (prefix === '' ? key : `${prefix}/${key}`);
  const name = prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`;
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      // the client's messages name neither keys nor signatures
      const { message } = error as Error;
      throw new StoreError(`store ${name}: cannot ${what}: ${message}`, { cause: error });
    }
  };
  return {
    name,
    read: (key) =>
      attempt(`read ${key}`, async () => {
        const bytes = await client.getObjectArrayBuffer(keyOf(key));
        return bytes === null ? null : new Uint8Array(bytes);
      }),
    write: (key, bytes) =>
      attempt(`write ${key}`, async () => void (await client.putAnyObject(keyOf(key), bytes))),
    exists: (key) => attempt(`look up ${key}`, async () => (await client.objectExists(keyOf(key))) === true),
    list: (folder) =>
      attempt(`list ${folder}`, async () => {
        const objects = (await client.listObjects('/', keyOf(`${folder}/`))) ?? [];
        return objects.map(({ Key }) => (prefix === '' ? Key : Key.slice(prefix.length + 1))).sort();
      }),
    remove: (key) => attempt(`remove ${key}`, async () => void (await client.deleteObject(keyOf(key)))),
  };
}
