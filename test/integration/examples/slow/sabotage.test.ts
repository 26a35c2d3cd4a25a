/**
 * The demo's proof must be able to fail. These tests break lines of the built bundle, and the proof
 * must find the damage.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { type ActResult, play } from '../../../../examples/demo/act';
import { createScene } from '../../../../examples/demo/seed';
import { synthesize } from '../../../../examples/demo/synth';

jest.setTimeout(120_000);

const directory = mkdtempSync(path.join(tmpdir(), 'sabotage-'));
const assembly = path.join(directory, 'cdk.out');
// The assembly needs copies of the bundles, because they are changed. Other tests leave the bundles
// where they are.
delete process.env.CDK_CONTEXT_JSON;

beforeAll(() => synthesize('daily-cron', assembly));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A small run with all the traps. */
function night(app: string): Promise<ActResult> {
  return play({ app, scene: createScene(0), now: '2026-11-25T01:00:00+09:00' });
}

/** The assembly with one replaced pattern in its archive-batch bundle. */
function broken(name: string, pattern: RegExp, replacement: string): string {
  const app = path.join(directory, name);
  cpSync(assembly, app, { recursive: true });
  const bundles = readdirSync(app)
    .filter((file) => file.startsWith('asset.'))
    .map((file) => path.join(app, file, 'index.js'));
  const hit = bundles.filter((file) => pattern.test(readFileSync(file, 'utf8')));
  // The functions that move objects: the other one takes them back.
  expect([1, 2]).toContain(hit.length);
  for (const file of hit) {
    writeFileSync(file, readFileSync(file, 'utf8').replace(pattern, replacement));
  }
  return app;
}

function violationsOf({ checks }: ActResult): string[] {
  return checks.flatMap(({ violations }) => violations);
}

test('the proof accepts the unchanged bundle', async () => {
  const result = await night(assembly);
  expect([result.summary.status, violationsOf(result)]).toEqual(['SUCCEEDED', []]);
  expect(result.summary.counts).toMatchObject({ conflicting: 2, failed: 0 });
});

test('the proof finds an overwritten archive if copies have no If-None-Match', async () => {
  const result = await night(broken('overwrite', /(CopySourceIfMatch:\w+),IfNoneMatch:"\*"/, '$1'));
  expect(violationsOf(result)).toContainEqual(
    expect.stringMatching(/^archive\/2026\/11\/24\/ledger\/close-2026-11-24.csv: changed$/),
  );
});

test('the proof finds a lost rewrite if deletes have no ETag', async () => {
  const result = await night(broken('delete', /(\(\{Key:\w+),ETag:\w+\}\)/, '$1})'));
  expect(violationsOf(result)).toContainEqual(
    expect.stringMatching(/^incoming\/live\/journal-2026-11-24.log: neither at its source nor/),
  );
});
