/** docs/runbook.md has a paragraph for everything that a message or an alarm may name. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { S3DatedArchiver } from '../../../src';
import { LAYERS } from '../../../src/contract/alert-details';
import { ReasonCode } from '../../../src/contract/reason-codes';
import { layerUrl, reasonUrl } from '../../../src/lambda/alerts/runbook-links';
import { getCost, getTotal } from '../../../src/lambda/pricing/cost';
import { DEFAULT_REGION, getPrices } from '../../../src/lambda/pricing/prices';
import { toUsage } from '../../../src/lambda/pricing/usage';

const RUNBOOK = readFileSync(path.resolve(__dirname, '../../../docs/runbook.md'), 'utf8');

/** Text of each section by its anchor, as GitHub makes them: lower case, spaces as hyphens. */
const SECTIONS = new Map([...RUNBOOK.matchAll(/^##+ (.*)\n([^]*?)(?=^##+ |$(?![^]))/gm)].map(([, title, text]) => [
  title.toLowerCase().replace(/[^\w -]/g, '').replaceAll(' ', '-'), text,
]));

/** Some sentences on what it means and what to check, then what to type. */
function expectParagraph(anchor: string): void {
  const [prose, ...commands] = (SECTIONS.get(anchor) ?? '').split(/^```sh$/m);
  expect({ anchor, prose: prose!.trim().length > 100, commands: commands.length > 0 }).toEqual({ anchor, prose: true, commands: true });
}

test.each(Object.values(ReasonCode))('reason code %s', (code) => expectParagraph(reasonUrl(code).split('#')[1]!));

test.each(LAYERS)('layer %s', (layer) => expectParagraph(layerUrl(layer).split('#')[1]!));

test.each(['a-run-that-could-not-start', 'the-raw-event', 'redrive-or-restart', 'backfill-and-catch-up'])('%s', expectParagraph);

test('every alarm', () => {
  const stack = new Stack(new App(), 'Stack');
  const archiver = new S3DatedArchiver(stack, 'Archiver', {
    bucket: new Bucket(stack, 'Bucket'), schedule: ScheduleExpression.cron({ hour: '1', minute: '0' }),
  });
  archiver.addAlarms({ objectsFailed: true, runFailed: true, maxStragglerAge: Duration.days(3) });
  const ids = archiver.node.findAll().filter((node) => node instanceof Alarm).map(({ node }) => node.id);
  expect(ids.length).toBeGreaterThanOrEqual(7);
  for (const id of ids) {
    expect(SECTIONS.has(id.replace(/\B[A-Z]/g, '-$&').toLowerCase()) ? id : `${id} has no section`).toBe(id);
  }
});

test('links within it lead somewhere', () => {
  for (const [, anchor] of RUNBOOK.matchAll(/\]\(#([^)]+)\)/g)) { expect([...SECTIONS.keys()]).toContain(anchor); }
});

test('what it costs to list keys that are not selected', () => {
  const million = 1_000_000;
  const batches = million / 1000;
  const usage = toUsage({ listed: million, requests: {}, batches, rounds: batches, batchSeconds: 0, memoryMb: 1_769, express: false });
  const usd = getTotal(getCost(usage, getPrices(DEFAULT_REGION)));
  expect(RUNBOOK).toContain(`about $${usd.toFixed(2)}`);
  expect(RUNBOOK).toContain(`| $${(24 * Number(usd.toFixed(2))).toFixed(2)} |`);
});
