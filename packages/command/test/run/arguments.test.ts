/** What the commands refuse before anything is sent. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { runWith } from '../helpers/run-command';

const PLACES = ['s3://logs/incoming/', 's3://logs/archive/'];
const REPORTS = ['--reports', 's3://ops/runs/'];
const COMPLETE = [...PLACES, ...REPORTS, '--date', '2026-11-24'];
const SILENT = {
  createClient: () => {
    throw new Error('something was sent');
  },
};

test.each([
  ['no places', [], 'two places are needed'],
  ['one place', ['s3://logs/incoming/'], 'two places are needed'],
  ['three places', [...COMPLETE, 's3://logs/x/'], 'one argument too many'],
  ['no place for reports', PLACES, '--reports is missing'],
  ['reports in the archive', [...PLACES, '--reports', 's3://logs/archive/runs/'], 'must be apart'],
  ['reports in the source', [...PLACES, '--reports', 's3://logs/incoming/r/'], 'must be apart'],
  ['reports around the source', [...PLACES, '--reports', 's3://logs/'], 'must be apart'],
  ['no days', [...PLACES, ...REPORTS], 'which days to archive'],
  ['half of the days', [...PLACES, ...REPORTS, '--from', '2026-11-24'], 'without "to"'],
  ['no day', [...PLACES, ...REPORTS, '--date', '2026-13-24'], 'must be a calendar date'],
  ['another flag', [...COMPLETE, '--layot', 'hive'], '--layout is one'],
  ['a wrong size', [...COMPLETE, '--min-size', '4 elephants'], '--min-size is'],
  ['a wrong age', [...COMPLETE, '--min-age', '4y'], '--min-age is'],
  ['a wrong word', [...COMPLETE, '--conflict-policy', 'overwrite'], 'report or rename'],
  ['a wrong rate', [...COMPLETE, '--max-objects-per-second', '0'], 'maxObjectsPerSecond'],
  ['a wrong zone', [...COMPLETE, '--time-zone', 'Mars/Base'], 'Mars/Base'],
  ['a wrong format', [...COMPLETE, '--date-format', 'yyyy-mm-dd'], 'yyyy-mm-dd'],
  ['packs that stay', [...COMPLETE, '--packing', '--source-disposition', 'keep'], 'packing'],
  ['a lock without mode', [...COMPLETE, '--retention-days', '3'], '--retention governance'],
  ['a lock without time', [...COMPLETE, '--retention', 'governance'], 'retention'],
  ['an account with letters', [...COMPLETE, '--expected-owner', 'me'], '12 digits'],
  ['a name with a slash', [...COMPLETE, '--name', 'a/b'], '--name is'],
])('archive refuses %s', async (_, argv, message) => {
  const { status, stderr } = await runWith('archive', [...argv, '--dry-run'], SILENT);
  expect(stderr).toContain(message);
  expect(status).toBe(2);
});

test('the same place twice is refused by the check of the functions', async () => {
  const twice = ['s3://logs/incoming/', 's3://logs/incoming/', ...REPORTS, '--date', '2026-11-24'];
  const { status, stderr } = await runWith('archive', [...twice, '--dry-run'], SILENT);
  expect(stderr).toContain('must differ');
  expect(status).toBe(2);
});

describe('a file of flags', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'config-'));
  afterAll(() => fs.rmSync(directory, { recursive: true }));
  const runFile = (content: object | string) => {
    fs.writeFileSync(
      path.join(directory, 'c.json'),
      typeof content === 'string' ? content : JSON.stringify(content),
    );
    const argv = [...COMPLETE, '--dry-run', '--config', 'c.json'];
    return runWith('archive', argv, { directory, ...SILENT });
  };

  test.each([
    ['another flag', { layot: 'hive' }, '"layout" is one'],
    ['a confirmation', { confirm: 'x' }, 'is no flag'],
    ['a text for a switch', { packing: 'yes' }, 'must be true or false'],
    ['an object', { layout: {} }, 'must be a text or a number'],
    ['a list', [], 'must hold a JSON object'],
    ['no JSON', '{', 'cannot be read'],
    ['a wrong value', { 'batch-size': 0 }, 'batchSize'],
  ])('is refused with %s', async (_, content, message) => {
    const { status, stderr } = await runFile(content);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });

  test('is used where the command line has nothing', async () => {
    const { status, stderr } = await runFile({ include: ['eu/**'], 'batch-size': 10 });
    expect(stderr).toContain('something was sent');
    expect(status).toBe(1);
  });
});
