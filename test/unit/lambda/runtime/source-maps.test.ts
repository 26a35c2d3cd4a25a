/** The built bundles, each in a process of its own, as Lambda loads them. */
import { execFile, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { startS3 } from '../../../../packages/s3-double/src';
import { initialProgress } from '../../../../src/lambda/plan-run/plan-run';
import { ENVIRONMENT } from '../../../helpers/environment';

const ROOT = path.resolve(__dirname, '../../../..');
const BUNDLES = path.join(ROOT, 'assets/lambda');
const HANDLERS = fs.readdirSync(BUNDLES).sort();
const directory = (handler: string) => path.join(BUNDLES, handler, `${handler}.lambda`);

/** Loads a bundle, and counts the reads of its map. */
const LOAD = `
  const fs = require('node:fs');
  let reads = 0;
  const { readFileSync } = fs;
  fs.readFileSync = (file, ...rest) => {
    reads += String(file).endsWith('.map') ? 1 : 0;
    return readFileSync(file, ...rest);
  };
  const { handler } = require(process.argv[1]);
`;

/** Has the handler fail. Prints the reads of the map before and after that. */
const SCRIPT = `
  ${LOAD}
  const readsBefore = reads;
  const context = { getRemainingTimeInMillis: () => 1000 };
  (async () => handler(null, context))().catch((error) => {
    const { stack, message } = error;
    const other = {};
    Error.captureStackTrace(other);
    process.stdout.write(JSON.stringify({ readsBefore, stack, message, other: other.stack, reads }));
  });
`;

interface Outcome {
  readonly readsBefore: number;
  readonly reads: number;
  readonly message: string;
  readonly stack: string;
  readonly other: string;
}

function fail(bundle: string): Outcome {
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', SCRIPT, bundle], {
    encoding: 'utf8',
    env: { AWS_REGION: 'eu-central-1', AWS_LAMBDA_FUNCTION_NAME: 'handler' },
  });
  if (!stdout) {
    throw new Error(stderr);
  }
  return JSON.parse(stdout.slice(stdout.indexOf('{"readsBefore'))) as Outcome;
}

test('there are bundles', () => {
  expect(HANDLERS).toHaveLength(7);
});

test.each(HANDLERS)('%s: a stack has the lines of the sources', (handler) => {
  const { stack, message, readsBefore, reads } = fail(directory(handler));
  expect(stack).toContain(`: ${message}\n    at `);
  expect(stack).not.toContain('index.js');
  const file = `src/lambda/${handler}/${handler}.lambda.ts`;
  const line = Number(new RegExp(`\\b${file}:(\\d+):\\d+`).exec(stack)?.[1]);
  const text = fs.readFileSync(path.join(ROOT, file), 'utf8').split('\n')[line - 1]!;
  expect(text).toMatch(/\bevent\b|\binput\b|process\.env/);
  // A cold start does not parse the map, and the first error does, once.
  expect([readsBefore, reads]).toEqual([0, 1]);
});

test('a function has its name', () => {
  expect(fail(directory('archive-batch')).stack).toMatch(
    /at parseBatch \(src\/lambda\/plan\/planned-part\.ts:\d+:\d+\)/,
  );
});

test('what is not of the bundle is as Node writes it', () => {
  expect(fail(directory('archive-batch')).other).toMatch(
    /^Error\n    at \[eval\]:\d+:\d+\n    at process\.processTicksAndRejections \(node:internal/,
  );
});

test.each<[string, (map: string) => void]>([
  ['missing', (map) => fs.rmSync(map)],
  ['cut off', (map) => fs.truncateSync(map, 1_000)],
])('without sources if the map is %s', (_, spoil) => {
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'bundle-'));
  try {
    fs.cpSync(directory('plan-run'), copy, { recursive: true });
    spoil(path.join(copy, 'index.js.map'));
    const { stack, message } = fail(copy);
    expect(stack).toContain(`: ${message}\n    at `);
    expect(stack).toMatch(/index\.js:\d+:\d+\)/);
  } finally {
    fs.rmSync(copy, { recursive: true });
  }
});

/** Archives a batch, and waits until its connections have been idle for too long. */
const IDLE = `
  ${LOAD}
  const event = JSON.parse(process.argv[2]);
  const context = { getRemainingTimeInMillis: () => 60_000 };
  handler(event, context).then(({ finished }) => setTimeout(() => {
    process.stdout.write(JSON.stringify({ finished, reads }));
    process.exit();
  }, 4_500));
`;

test('a connection that ends because it was idle costs no map', async () => {
  const { store, endpoint, close } = await startS3();
  try {
    ['data', 'reports'].forEach((bucket) => store.createBucket(bucket));
    const Items = Array.from({ length: 20 }, (_, i) => {
      const { etag, lastModified } = store.put('data', `2026-11-24-${i}.log`, 'x');
      return {
        Key: `2026-11-24-${i}.log`,
        Etag: etag,
        LastModified: lastModified / 1_000,
        Size: 1,
      };
    });
    const run = {
      id: 'run',
      startTime: '2026-11-25T00:00:00Z',
      from: '2026-11-24',
      to: '2026-11-24',
      action: 'archive',
      dryRun: false,
      reportPrefix: 'runs/run/',
      ledgerPrefix: 'runs/ledger/',
      objectsPerSecond: 1_500,
    };
    const event = { BatchInput: { run, progress: initialProgress() }, Items };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['-e', IDLE, directory('archive-batch'), JSON.stringify(event)],
      {
        env: {
          ...ENVIRONMENT,
          AWS_REGION: 'us-east-1',
          AWS_ACCESS_KEY_ID: 'test',
          AWS_SECRET_ACCESS_KEY: 'test',
          AWS_LAMBDA_FUNCTION_NAME: 'archive-batch',
          AWS_ENDPOINT_URL_S3: endpoint,
        },
      },
    );
    expect(stdout).toContain('{"finished":true,"reads":0}');
  } finally {
    await close();
  }
}, 30_000);
