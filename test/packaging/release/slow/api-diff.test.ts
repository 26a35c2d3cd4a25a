import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { BASELINE, toBaseline } from '../../../../scripts/release/api-baseline';
import { diffApi } from '../../../../scripts/release/api-diff';

interface Member {
  name: string;
  optional?: boolean;
  type?: { primitive: string };
  value?: unknown;
}
interface Assembly {
  types: Record<string, { properties?: Member[]; methods?: Member[]; members?: Member[] }>;
}

const accepted = () => JSON.parse(readFileSync(BASELINE, 'utf8')) as Assembly;

const type = (assembly: Assembly, name: string) => assembly.types[`cdk-s3-dated-archiver.${name}`];
const named = (members: Member[] | undefined, name: string) =>
  members!.find((member) => member.name === name)!;
const without = (members: Member[] | undefined, name: string) =>
  members!.filter((member) => member !== named(members, name));

// All tests share one comparison, because each comparison loads the types of aws-cdk-lib.
describe('an API that breaks', () => {
  const after = accepted();
  const props = type(after, 'S3DatedArchiverProps');
  props.properties = without(props.properties, 'batchSize');
  named(props.properties, 'reportPrefix').type = { primitive: 'number' };
  // jsii-diff reports only one change for each struct.
  delete named(type(after, 'RetryPolicy').properties, 'interval').optional;
  const archiver = type(after, 'S3DatedArchiver');
  archiver.methods = without(archiver.methods, 'metricObjectsFailed');
  const policy = type(after, 'ConflictPolicy');
  policy.members = without(policy.members, 'RENAME');
  const { compatible, report } = diffApi(accepted(), after);

  test('is refused', () => expect(compatible).toBe(false));

  test.each([
    ['a prop that is gone', 'removed:cdk-s3-dated-archiver.S3DatedArchiverProps.batchSize'],
    ['a prop that must now be given', 'strengthened:cdk-s3-dated-archiver.RetryPolicy'],
    ['a prop of another type', 'property reportPrefix, string is not assignable to number'],
    ['a method that is gone', 'removed:cdk-s3-dated-archiver.S3DatedArchiver.metricObjectsFailed'],
    ['a value of an enum that is gone', 'removed:cdk-s3-dated-archiver.ConflictPolicy.RENAME'],
  ])('is told of %s', (_, key) => expect(report).toContain(key));

  test('passes once each break was decided on', () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'compatignore-'));
    const ignoreFile = path.join(directory, '.compatignore');
    writeFileSync(
      ignoreFile,
      [...report.matchAll(/\[([\w-]+:[^\]]+)\]/g)].map(([, key]) => key).join('\n'),
    );
    expect(diffApi(accepted(), after, ignoreFile).compatible).toBe(true);
    rmSync(directory, { recursive: true });
  });
});

test('one prop more breaks nothing', () => {
  const after = accepted();
  const { properties } = type(after, 'S3DatedArchiverProps');
  properties!.push({ ...named(properties, 'batchSize'), name: 'batchColour' });
  expect(diffApi(accepted(), after)).toEqual({ compatible: true, report: '' });
});

test('what cannot be compared is an error, not a break', () => {
  expect(() =>
    diffApi({ ...accepted(), dependencies: { 'no-such-package': '^1.0.0' } }, accepted()),
  ).toThrow(/^jsii-diff ended with /);
});

test('the accepted API says nothing of lines and prose', () => {
  const text = JSON.stringify(
    toBaseline({
      types: {
        T: {
          locationInModule: { line: 1 },
          docs: { summary: 'Prose.', stability: 'experimental' },
          name: 'T',
        },
      },
    }),
  );
  expect(text).toContain('"T":{"docs":{"stability":"experimental"},"name":"T"}');
});
