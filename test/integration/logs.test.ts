/**
 * Checks the log lines of the built functions: each has the run's id, each failed key has one line,
 * and no line has content or credentials.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { LedgerLine } from '../../src/contract/payloads/ledger-line';
import { listsByMap } from '../helpers/default-listing';
import { type Rehearsal, rehearse } from '../helpers/run-in-sandbox';
import { resolve, synth } from '../helpers/synth';

/* eslint-disable @typescript-eslint/no-explicit-any */

const CONTENT = "the content of an object is nobody's business";
const HOSTILE = 'incoming/x\n{"level":"ERROR","run_id":"forged"}-2026-11-24.csv';

const lines: Record<string, any>[] = [];
const raw: string[] = [];
let ledger: LedgerLine[];

async function printed(
  run: (rehearsal: Rehearsal) => Promise<unknown>,
  options: Parameters<typeof rehearse>[1] = {},
) {
  const logDir = fs.mkdtempSync(path.join(os.tmpdir(), 'logs-'));
  const props = {
    batchSize: 10,
    maxConcurrency: 1,
    toleratedFailurePercentage: 100,
    retryPolicy: { maxAttempts: 0 },
  };
  const rehearsal = await rehearse(props, { logDir, ...options });
  try {
    await run(rehearsal);
  } finally {
    await rehearsal.close();
  }
  const files = fs
    .readdirSync(logDir)
    .map((file) => ({ file, text: fs.readFileSync(path.join(logDir, file), 'utf8') }));
  fs.rmSync(logDir, { recursive: true });
  return files.flatMap(({ file, text }) =>
    text
      .split('\n')
      // The lines that Lambda itself writes about an invocation.
      .filter((line) => line !== '' && !/^(START|END|REPORT) RequestId: /.test(line))
      .map((line) => ({ file, line })),
  );
}

/**
 * Some objects are archived, some fail, one conflicts, a batch is lost, and the reports of earlier
 * runs cannot be read.
 */
async function aHardNight({ sandbox, put, putArchived, ledger: read }: Rehearsal): Promise<void> {
  for (let i = 0; i < 30; i++) {
    put(`incoming/${String(i).padStart(2, '0')}-2026-11-24.csv`, CONTENT);
  }
  put(HOSTILE, CONTENT);
  put('incoming/late-2026-11-20.csv', CONTENT);
  putArchived('archive/2026/11/24/25-2026-11-24.csv', 'other');
  sandbox.s3!.store.deny({ operations: ['CopyObject'], keyPrefix: 'archive/2026/11/24/0' });
  sandbox.s3!.store.deny({ operations: ['CopyObject'], keyPrefix: 'archive/2026/11/24/x' });
  sandbox.s3!.store.put(sandbox.reportBucket, 'runs/2026-11-20/earlier/report.json', '{}');
  sandbox.s3!.store.deny({ operations: ['GetObject'], keyPrefix: 'runs/2026-11-20/' });
  await sandbox.run({
    now: '2026-11-25T01:00:00Z',
    name: 'hard-night',
    input: { date: '2026-11-24' },
  });
  ledger = read();
}

/** No object of the first batch can be archived, because of the setup. */
const firstBatchFails: NonNullable<Parameters<typeof rehearse>[1]>['s3'] = {
  hooks: {
    before: ({ operation, key }) =>
      operation === 'CopyObject' && key!.startsWith('archive/2026/11/24/0')
        ? { kind: 'Error', status: 404, code: 'NoSuchBucket' }
        : undefined,
  },
};

beforeAll(async () => {
  let batches = 0;
  const all = await printed(
    async (rehearsal) => {
      await aHardNight(rehearsal);
      await rehearsal.sandbox.run({
        now: '2026-11-25T02:00:00Z',
        name: 'wrong-input',
        input: { dat: 1 },
      });
    },
    {
      s3: firstBatchFails,
      onInvoke: ({ logicalId, kill }) => {
        // The second batch of the first run.
        if (/ArchiveBatch/.test(logicalId) && ++batches === 2) {
          kill();
        }
      },
    },
  );
  raw.push(...all.map(({ line }) => line));
  lines.push(
    ...all
      .filter(({ line }) => line.startsWith('{'))
      .map(({ line, file }) => ({ ...JSON.parse(line), file })),
  );
});

const logged = () => lines.filter(({ _aws: aws }) => !aws);

test('every log line is JSON with a service, a level and a run id', () => {
  expect(raw.filter((line) => !line.startsWith('{'))).toEqual([]);
  for (const line of logged()) {
    expect(line).toMatchObject({
      service: expect.stringMatching(
        /^(plan-run|list-objects|archive-batch|report-run|explain-failure)$/,
      ),
      level: expect.stringMatching(/^(INFO|WARN|ERROR)$/),
      run_id: expect.stringMatching(/^(hard-night|wrong-input)$/),
      function_request_id: expect.any(String),
    });
  }
  for (const line of lines.filter(({ _aws: aws }) => aws)) {
    expect(line.runId).toBe('hard-night');
  }
});

test('every function logs something about its run', () => {
  const said = new Set(logged().map(({ service, run_id: run }) => `${service} ${run}`));
  expect([...said].sort()).toEqual([
    'archive-batch hard-night',
    'explain-failure wrong-input',
    ...(listsByMap() ? [] : ['list-objects hard-night']),
    'plan-run hard-night',
    'plan-run wrong-input',
    'report-run hard-night',
  ]);
});

test(
  'each object that was not archived has one log line with its reason, also if its batch was ' +
    'lost',
  () => {
    const told = logged()
      .filter(({ message }) => message === 'not archived')
      .map(({ key, status, code }) => ({ key, status, code }));
    const unarchived = ledger
      .filter(({ status }) => status !== 'archived')
      .map(({ key, status, code }) => ({ key, status, code }));
    const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1);
    expect(told.sort(byKey)).toEqual(unarchived.sort(byKey));
    expect(new Set(told.map(({ code }) => code))).toEqual(
      new Set(['ACCESS_DENIED', 'NO_SUCH_BUCKET', 'DESTINATION_EXISTS', 'BATCH_FAILED']),
    );
    expect(told.map(({ key }) => key)).toContain(HOSTILE);
  },
);

test('log lines have neither content nor credentials', () => {
  const text = raw.join('\n');
  expect(text).not.toContain('nobody');
  expect(text).not.toMatch(/SECRET|SESSION_TOKEN|Authorization|Signature=/i);
});

test('the log line of an error that ends an invocation has the run id', () => {
  const errors = logged()
    .filter(({ level }) => level === 'ERROR')
    .map(({ service, run_id: run, error }) => [service, run, error.name]);
  expect(errors.sort()).toEqual([
    ['archive-batch', 'hard-night', 'SystemicFailure'],
    ['plan-run', 'wrong-input', 'InvalidRunInput'],
  ]);
});

test('functions follow the prop logLevel, which Lambda passes in the environment', async () => {
  const all = await printed(aHardNight, {
    s3: firstBatchFails,
    environment: { AWS_LAMBDA_LOG_LEVEL: 'ERROR' },
  });
  const levels = all
    .filter(({ file }) => /ArchiveBatch/.test(file))
    .map(({ line }) => JSON.parse(line).level);
  expect(levels).toEqual(['ERROR']);
});

describe('saved queries', () => {
  const { template } = synth();
  const queries = Object.values(template.findResources('AWS::Logs::QueryDefinition')).map(
    ({ Properties }) => resolve(template, Properties),
  );

  /**
   * All fields of all lines, with dots for nested objects, as Logs Insights discovers them.
   *
   * @see
   * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
   */
  function fieldsOf(value: object, prefix = ''): string[] {
    return Object.entries(value).flatMap(([name, inner]) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? fieldsOf(inner, `${prefix}${name}.`)
        : [`${prefix}${name}`],
    );
  }

  /** The fields that a query reads. */
  function fieldsIn(query: string): string[] {
    return query
      .split('\n')
      .map((line) => line.replace(/^\| /, '').replace(/ # .*/, ''))
      .flatMap((line) => {
        const [, command, rest] = /^(\w+) (.*)$/.exec(line)!;
        if (command === 'fields') {
          return rest.split(', ');
        }
        if (command === 'filter') {
          return [...rest.matchAll(/([\w.]+) (?:=|!=|like|in) /g)].map(([, field]) => field);
        }
        if (command === 'stats') {
          return rest.replace(/.* by /, '').split(', ');
        }
        return [];
      })
      .filter((field) => !field.startsWith('@'));
  }

  test(
    "there are two saved queries in a folder with the archiver's name, and they search the logs " +
      'of all its functions',
    () => {
      expect(queries.map(({ Name }) => Name).sort()).toEqual(
        ['errors and warnings', 'which keys failed and why'].map((name) => `Test/Archiver/${name}`),
      );
      for (const { LogGroupNames } of queries) {
        expect(LogGroupNames).toHaveLength(listsByMap() ? 5 : 6);
      }
    },
  );

  test.each(queries.map(({ Name, QueryString }) => [Name.replace(/.*\//, ''), QueryString]))(
    '%s reads only fields that the functions print',
    (_, query) => {
      const known = new Set(logged().flatMap((line) => fieldsOf(line)));
      const read = fieldsIn(query);
      expect(read.length).toBeGreaterThan(0);
      for (const field of read) {
        expect(known).toContain(field);
      }
    },
  );

  test.each(queries.map(({ Name, QueryString }) => [Name.replace(/.*\//, ''), QueryString]))(
    '%s has a filter that finds lines',
    (_, query) => {
      const [, operator, message] = /message (=|!=) "([^"]+)"/.exec(query)!;
      const found = logged().filter(
        (line) =>
          (line.message === message) === (operator === '=') &&
          (!/level in/.test(query) || line.level !== 'INFO'),
      );
      expect(found.length).toBeGreaterThan(0);
    },
  );
});
