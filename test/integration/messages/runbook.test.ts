/** Checks that docs/runbook.md has a section for everything that a message or an alarm may name. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { ArchiverAlarm, S3DatedArchiver } from '../../../src';
import { LAYERS } from '../../../src/contract/alert-details';
import { ReasonCode } from '../../../src/contract/payloads/reason-codes';
import { layerUrl } from '../../../src/lambda/alerts/layers';
import { reasonUrl } from '../../../src/lambda/alerts/reason-text';
import { getCost, getTotal } from '../../../src/lambda/pricing/cost';
import { DEFAULT_REGION, getPrices } from '../../../src/lambda/pricing/prices';
import { toUsage } from '../../../src/lambda/pricing/usage';
import { toAsciiJson } from '../../../src/lambda/text/escape';

const RUNBOOK = readFileSync(path.resolve(__dirname, '../../../docs/runbook.md'), 'utf8');

/**
 * The text of each section by its anchor. GitHub makes anchors from headings: lower case, with
 * hyphens for spaces.
 */
const SECTIONS = new Map(
  [...RUNBOOK.matchAll(/^##+ (.*)\n([^]*?)(?=^##+ |$(?![^]))/gm)].map(([, title, text]) => [
    title
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
    text,
  ]),
);

/** Expects some sentences about the meaning and what to check, and then commands. */
function expectParagraph(anchor: string): void {
  const [prose, ...commands] = (SECTIONS.get(anchor) ?? '').split(/^```sh$/m);
  expect({ anchor, prose: prose!.trim().length > 100, commands: commands.length > 0 }).toEqual({
    anchor,
    prose: true,
    commands: true,
  });
}

test.each(Object.values(ReasonCode))('has a section about reason code %s', (code) =>
  expectParagraph(reasonUrl(code).split('#')[1]!),
);

test.each(LAYERS)('has a section about layer %s', (layer) =>
  expectParagraph(layerUrl(layer).split('#')[1]!),
);

test.each([
  'a-run-that-could-not-start',
  'a-lost-report-bucket',
  'the-raw-event',
  'redrive-or-restart',
  'backfill-and-catch-up',
  'no-date-was-found',
])('has a section %s', expectParagraph);

test('has a section about every alarm, to which its description links', () => {
  const stack = new Stack(new App(), 'Stack');
  const archiver = new S3DatedArchiver(stack, 'Archiver', {
    bucket: new Bucket(stack, 'Bucket'),
    schedule: ScheduleExpression.cron({ hour: '1', minute: '0' }),
  });
  archiver.addAlarms({
    objectsFailed: 0,
    objectsUnaccounted: 0,
    runFailed: 0,
    undatedObjects: 0,
    oldStragglers: Duration.days(3),
  });
  const descriptions = archiver.node
    .findAll()
    .flatMap((node) => (node instanceof CfnAlarm ? [node.alarmDescription] : []));
  expect(descriptions.length).toBe(Object.keys(ArchiverAlarm).length);
  for (const description of descriptions) {
    const [, anchor] = / Runbook: https:\/\/\S+\/docs\/runbook\.md#(\S+)$/.exec(description!) ?? [];
    expectParagraph(anchor ?? `no link: ${description}`);
  }
});

test('its internal links lead to its sections', () => {
  for (const [, anchor] of RUNBOOK.matchAll(/\]\(#([^)]+)\)/g)) {
    expect([...SECTIONS.keys()]).toContain(anchor);
  }
});

test.each(['runbook.md', 'report.md'])('no jq command of %s prints a key raw', (name) => {
  const text = readFileSync(path.resolve(__dirname, '../../../docs', name), 'utf8');
  const options = [...text.matchAll(/(?:^|\| )jq (\S+)/gm)].map(([, option]) => option);
  expect(options.length).toBeGreaterThan(0);
  expect(options.filter((option) => !/^-\w*a/.test(option!))).toEqual([]);
});

test('its jq commands read a ledger of hostile keys, and print ASCII', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ledger-'));
  mkdirSync(path.join(folder, 'ledger'));
  const key = 'in/\u009b31m\u202egpj\u061c\ufffe日本😀\n"';
  const lines = Object.values(ReasonCode).map((code) =>
    toAsciiJson({
      key,
      destination: key,
      status: 'failed',
      code,
      message: key,
      notes: { notPacked: 'NOT_KEPT', notDeleted: 'DENIED' },
    }),
  );
  writeFileSync(path.join(folder, 'ledger/a.jsonl'), `${lines.join('\n')}\n`);
  const commands = [...RUNBOOK.matchAll(/^cat ledger\/\*\.jsonl \| jq .*$/gm)].map(
    ([command]) => command,
  );
  expect(commands.length).toBeGreaterThanOrEqual(5);
  for (const command of commands) {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect({ command, status, stderr, isEmpty: stdout === '' }).toEqual({
      command,
      status: 0,
      stderr: '',
      isEmpty: false,
    });
    expect(stdout).toMatch(/^[\n\x20-\x7e]*$/);
  }
  rmSync(folder, { recursive: true });
});

test('has the right cost of listing keys that are not selected', () => {
  const million = 1_000_000;
  const batches = million / 1000;
  const usage = toUsage({
    listed: million,
    requests: {},
    batches,
    rounds: batches,
    batchSeconds: 0,
    memoryMb: 1_769,
  });
  const usd = getTotal(getCost(usage, getPrices(DEFAULT_REGION)));
  expect(RUNBOOK).toContain(`about $${usd.toFixed(2)}`);
  expect(RUNBOOK).toContain(`| $${(24 * Number(usd.toFixed(2))).toFixed(2)} |`);
});
