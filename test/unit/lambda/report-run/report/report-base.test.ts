import * as fs from 'node:fs';
import * as path from 'node:path';
import { ReasonCode } from '../../../../../src/contract/payloads/reason-codes';
import { reasonUrl } from '../../../../../src/lambda/alerts/reason-text';
import {
  REPORT_SCHEMA,
  getReportLinks,
} from '../../../../../src/lambda/report-run/report/report-base';

const ROOT = path.resolve(__dirname, '../../../../..');
const REPOSITORY = (
  JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')).repository.url as string
).replace(/\.git$/, '');

const links = (partition: string, region: string) =>
  getReportLinks(
    `arn:${partition}:states:${region}:123456789012:execution:Machine:run`,
    'reports',
    'runs/2026-11-25/run 1/',
    '/logs/Archive $1',
  );

test.each([
  ['aws', 'eu-west-1', 'https://eu-west-1.console.aws.amazon.com/'],
  ['aws-cn', 'cn-north-1', 'https://cn-north-1.console.amazonaws.cn/'],
  ['aws-us-gov', 'us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/'],
])('are of the console of %s', (partition, region, console) => {
  expect(links(partition, region)).toEqual({
    execution: `${console}states/home?region=${region}#/v2/executions/details/arn:${partition}:states:${region}:123456789012:execution:Machine:run`,
    page: `${console}s3/object/reports?region=${region}&prefix=runs%2F2026-11-25%2Frun%201%2Freport.html`,
    allRuns: `${console}s3/object/reports?region=${region}&prefix=runs%2Findex.html`,
    folder: `${console}s3/buckets/reports?region=${region}&prefix=runs%2F2026-11-25%2Frun%201%2F`,
    logs: `${console}cloudwatch/home?region=${region}#logsV2:log-groups/log-group/$252Flogs$252FArchive$2520$25241`,
  });
});

test('are left out if the console is not known', () => {
  expect(JSON.stringify(links('aws-new', 'moon-1'))).toBe('{}');
});

test('to documents lead to the repository that package.json names', () => {
  expect(reasonUrl('SLOW_DOWN')).toBe(`${REPOSITORY}/blob/main/docs/runbook.md#slow_down`);
  expect(REPORT_SCHEMA).toBe(
    `${REPOSITORY.replace('github.com', 'raw.githubusercontent.com')}/main/docs/report.schema.json`,
  );
});

test('to the runbook lead to a section for every reason code', () => {
  // GitHub's anchors: headings in lower case, spaces as hyphens.
  const anchors = [
    ...fs.readFileSync(path.join(ROOT, 'docs/runbook.md'), 'utf8').matchAll(/^#+ (.*)$/gm),
  ].map(([, title]) => title.toLowerCase().replaceAll(' ', '-'));
  for (const code of Object.values(ReasonCode)) {
    expect(anchors).toContain(reasonUrl(code).split('#')[1]);
  }
});
