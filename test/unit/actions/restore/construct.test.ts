import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { S3DatedArchiver, type S3DatedArchiverProps } from '../../../../src';
import { policies, type Statement } from '../../../helpers/synth';

function synth(props: (stack: Stack) => Partial<S3DatedArchiverProps> = () => ({})): Template {
  const stack = new Stack(new App(), 'Stack');
  const bucket = new s3.Bucket(stack, 'Source');
  new S3DatedArchiver(stack, 'Archiver', { bucket, prefix: 'in/', ...props(stack) });
  return Template.fromStack(stack);
}

const text = (template: Template) => JSON.stringify(template.toJSON());

/** Returns the statements of the policies of a function's role. */
function statementsOf(template: Template, id: string): Statement[] {
  return policies(template)
    .filter(({ roles }) => roles.some((role) => role.startsWith(`Archiver${id}Role`)))
    .flatMap(({ statements }) => statements);
}

const isAbout = ({ Action }: Statement, action: string) => Action.includes(action);

test('without allowRestore the template has nothing of it', () => {
  const without = text(synth());
  expect(text(synth(() => ({ allowRestore: false })))).toBe(without);
  for (const trace of ['RestoreBatch', 'RestoreObjects', 'ALLOW_RESTORE']) {
    expect(without).not.toContain(trace);
    expect(text(synth(() => ({ allowRestore: true })))).toContain(trace);
  }
});

test('a restore waits for nothing, writes no lock and looks for no other runs', () => {
  const allowing = text(synth(() => ({ allowRestore: true })));
  for (const trace of [
    'restore-lock',
    'BATCH_TIMEOUT',
    'RUN_TIMEOUT',
    'RESTORE_WAIT',
    'RestoreRefused',
    'WaitForTurn',
    '$$.Execution.Input',
  ]) {
    expect(allowing).not.toContain(trace);
  }
  expect(
    statementsOf(
      synth(() => ({ allowRestore: true })),
      'PlanRun',
    ).filter((each) => isAbout(each, 'states:ListExecutions')),
  ).toEqual([]);
});

test.each<[string, (stack: Stack) => Partial<S3DatedArchiverProps>]>([
  ['in one bucket', () => ({ allowRestore: true })],
  [
    'between two buckets',
    (stack) => ({ allowRestore: true, destinationBucket: new s3.Bucket(stack, 'Archive') }),
  ],
])(
  'the restore-batch function may delete nothing, and is denied to delete in the archive: %s',
  (_, props) => {
    const own = statementsOf(synth(props), 'RestoreBatch').filter((each) =>
      JSON.stringify(each.Action).includes('s3:Delete'),
    );
    expect(own.map(({ Effect }) => Effect)).toEqual(['Deny']);
    expect(JSON.stringify(own[0]!.Resource)).toContain('archive/*');
  },
);

test('restored objects get the key of the source', () => {
  const template = synth((stack) => ({ allowRestore: true, sourceKey: new kms.Key(stack, 'Key') }));
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ SOURCE_KEY_ARN: Match.anyValue() }) },
  });
});

test('the end of a restore is told, also of a clean one', () => {
  const [{ Properties }] = Object.values(
    synth(() => ({ allowRestore: true })).findResources('AWS::StepFunctions::StateMachine'),
  );
  const definition = JSON.stringify(
    (Properties as { DefinitionString: unknown }).DefinitionString,
  ).replaceAll('\\', '');
  expect(definition).toContain(
    '{"Variable":"$.action","StringEquals":"restore","Next":"NotifyRun"}',
  );
});
