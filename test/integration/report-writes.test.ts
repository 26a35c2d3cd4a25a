import * as s3 from 'aws-cdk-lib/aws-s3';
import { simulatePolicies } from '../helpers/simulate-policies';

const { who } = simulatePolicies((stack) => ({
  reportBucket: new s3.Bucket(stack, 'Reports', { bucketName: 'reports' }),
}));
const RUN = 'reports/runs/2026-11-25/nightly-1/';

test.each<[string, string, string[]]>([
  [
    'a part of the ledger',
    'reports/runs/ledger/day=2026-11-24/run=nightly-1/0a1b2c3d4e5f6071-000000_001000.jsonl',
    ['ArchiveBatch', 'VerifyBatch', 'ReportRun'],
  ],
  ['the report', `${RUN}report.json`, ['ReportRun']],
  ['the page', `${RUN}report.html`, ['ReportRun']],
  ['the list of the parts of the ledger', `${RUN}ledger-parts.jsonl`, ['ReportRun']],
  ['a result of the map', `${RUN}map-run/0f8b/manifest.json`, ['StateMachine']],
  [
    'the report of a run whose name is ledger',
    'reports/runs/2026-11-25/ledger/report.json',
    ['ReportRun'],
  ],
  [
    'the report of a run whose name is map-run',
    'reports/runs/2026-11-25/map-run/report.json',
    ['ReportRun'],
  ],
  ['the calendar of all runs', 'reports/runs/index.html', ['ReportRun', 'ExplainFailure']],
  ['anything beside the runs', 'reports/runs/notes.txt', []],
  [
    'anything outside the report prefix',
    'reports/elsewhere/ledger/day=2026-11-24/run=nightly-1/part.jsonl',
    [],
  ],
])('%s may be written by its writers only', (_, object, writers) => {
  expect(who(object, 's3:PutObject')).toEqual(writers);
});
