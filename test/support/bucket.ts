// A service with one bucket in memory, as much of S3 as a store uses: https://docs.aws.amazon.com/AmazonS3/latest/API/
import { createServer, type IncomingMessage } from 'node:http';

export interface TestBucket {
  readonly endpoint: string;
  readonly objects: Map<string, Uint8Array>;
  /** While not null, every request is answered with this status. */
  failing: number | null;
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return new Uint8Array(Buffer.concat(parts));
}

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

/** How many keys a list has at most: the rest come with a token. */
const PAGE = 3;

function listOf(objects: TestBucket['objects'], query: URLSearchParams): string {
  const from = query.get('continuation-token') ?? '';
  const all = [...objects.keys()]
    .filter((key) => key.startsWith(query.get('prefix') ?? '') && key > from)
    .sort();
  const page = all.slice(0, PAGE);
  const entries = page.map((key) => `<Contents><Key>${escaped(key)}</Key><Size>1</Size></Contents>`).join('');
  const more =
    all.length > PAGE
      ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${escaped(page.at(-1)!)}</NextContinuationToken>`
      : '<IsTruncated>false</IsTruncated>';
  return `<?xml version="1.0"?><ListBucketResult><KeyCount>${page.length}</KeyCount>${entries}${more}</ListBucketResult>`;
}

/** Serves the bucket `name`; requests without a signature of `accessKey` are refused. */
export async function startBucket(name: string, accessKey: string): Promise<TestBucket> {
  const objects = new Map<string, Uint8Array>();
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://localhost');
    const end = (status: number, body: Uint8Array | string = ''): void =>
      void response.writeHead(status).end(request.method === 'HEAD' ? '' : body);
    const body = await bodyOf(request);
    if (bucket.failing !== null) return end(bucket.failing);
    const signed = request.headers.authorization ?? '';
    if (!signed.startsWith(`AWS4-HMAC-SHA256 Credential=${accessKey}/`)) return end(403);
    const [, first, ...rest] = decodeURIComponent(pathname).split('/');
    if (first !== name) return end(404);
    const key = rest.join('/');
    const found = objects.get(key);
    if (request.method === 'PUT') {
      objects.set(key, body);
      response.setHeader('etag', '"0"');
      return end(200);
    }
    if (request.method === 'DELETE') {
      objects.delete(key);
      return end(204);
    }
    if (key === '') return end(200, listOf(objects, searchParams));
    return found ? end(200, found) : end(404);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const bucket: TestBucket = {
    endpoint: `http://127.0.0.1:${port}`,
    objects,
    failing: null,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return bucket;
}
