import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { S3DatedArchiver, type S3DatedArchiverProps } from '../../../src';

function synth(props: (stack: Stack) => Partial<S3DatedArchiverProps> = () => ({})): Template {
  const stack = new Stack(new App(), 'Stack');
  const bucket = new s3.Bucket(stack, 'Source');
  new S3DatedArchiver(stack, 'Archiver', { bucket, prefix: 'in/', ...props(stack) });
  return Template.fromStack(stack);
}

const text = (template: Template) => JSON.stringify(template.toJSON());

interface Statement { readonly Effect: string; readonly Action: string | string[]; readonly Resource: unknown }

/** Returns the statements of the policies of a function's role. */
function statementsOf(template: Template, id: string): Statement[] {
  return Object.entries(template.findResources('AWS::IAM::Policy')).filter(([logicalId]) => logicalId.startsWith(`Archiver${id}`))
    .flatMap(([, { Properties }]) => (Properties as { PolicyDocument: { Statement: Statement[] } }).PolicyDocument.Statement);
}

const isAbout = ({ Action }: Statement, action: string) => [Action].flat().includes(action);

test('without allowRestore the template has nothing of it', () => {
  const without = text(synth());
  expect(text(synth(() => ({ allowRestore: false })))).toBe(without);
  for (const trace of ['RestoreBatch', 'RestoreObjects', 'restore-lock', 'BATCH_TIMEOUT', 'RUN_TIMEOUT', 'RestoreRefused', 'WaitForTurn', 'DescribeRuns', '$$.Execution.Input']) {
    expect(without).not.toContain(trace);
    expect(text(synth(() => ({ allowRestore: true })))).toContain(trace);
  }
});

test('only the restore-batch function may delete in the archive, and nowhere else', () => {
  const template = synth((stack) => ({ allowRestore: true, destinationBucket: new s3.Bucket(stack, 'Archive') }));
  for (const id of ['PlanRun', 'ArchiveBatch', 'VerifyBatch', 'ReportRun', 'ExplainFailure']) {
    const denied = statementsOf(template, id).filter((each) => each.Effect === 'Deny' && isAbout(each, 's3:DeleteObject'));
    expect([id, JSON.stringify(denied)]).toEqual([id, expect.stringMatching(/Archive[0-9A-F]+.*archive\/\*/)]);
  }
  const own = statementsOf(template, 'RestoreBatch').filter((each) => isAbout(each, 's3:DeleteObject'));
  expect(own.filter(({ Effect }) => Effect === 'Allow').map(({ Resource }) => JSON.stringify(Resource))).toEqual([expect.stringMatching(/Archive[0-9A-F]+.*archive\/\*/)]);
  expect(own.filter(({ Effect }) => Effect === 'Deny').map(({ Resource }) => JSON.stringify(Resource))).toEqual([expect.stringMatching(/Source[0-9A-F]+.*in\/\*/)]);
});

test('in one bucket, the restore-batch function still deletes in the archive only', () => {
  const own = statementsOf(synth(() => ({ allowRestore: true })), 'RestoreBatch').filter((each) => isAbout(each, 's3:DeleteObject'));
  expect(own.filter(({ Effect }) => Effect === 'Allow').map(({ Resource }) => JSON.stringify(Resource))).toEqual([expect.stringMatching(/archive\/\*/)]);
  expect(own.filter(({ Effect }) => Effect === 'Deny').map(({ Resource }) => JSON.stringify(Resource))).toEqual([expect.stringMatching(/in\/\*/)]);
});

test('no role may write the lock but those of PlanRun, ReportRun and ExplainFailure', () => {
  const template = synth(() => ({ allowRestore: true }));
  const mayWrite = ['PlanRun', 'ArchiveBatch', 'VerifyBatch', 'RestoreBatch', 'ExplainFailure'].filter((id) => statementsOf(template, id)
    .some((each) => each.Effect === 'Allow' && isAbout(each, 's3:PutObject') && JSON.stringify(each.Resource).includes('restore-lock.json')));
  expect(mayWrite).toEqual(['PlanRun', 'ExplainFailure']);
});

test('functions know how long the lock waits, and restored objects get the key of the source', () => {
  const template = synth((stack) => ({ allowRestore: true, sourceKey: new kms.Key(stack, 'Key') }));
  template.resourcePropertiesCountIs('AWS::Lambda::Function', { Environment: { Variables: Match.objectLike({ BATCH_TIMEOUT: '300', RUN_TIMEOUT: '86400' }) } }, 6);
  template.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: Match.objectLike({ SOURCE_KEY_ARN: Match.anyValue() }) } });
});

test('the end of a restore is told, also of a clean one', () => {
  const [{ Properties }] = Object.values(synth(() => ({ allowRestore: true })).findResources('AWS::StepFunctions::StateMachine'));
  const definition = JSON.stringify((Properties as { DefinitionString: unknown }).DefinitionString).replaceAll('\\', '');
  expect(definition).toContain('{"Variable":"$.action","StringEquals":"restore","Next":"NotifyRun"}');
});

test('a run that waits plans again from its own input', () => {
  const [{ Properties }] = Object.values(synth(() => ({ allowRestore: true })).findResources('AWS::StepFunctions::StateMachine'));
  const definition = JSON.stringify((Properties as { DefinitionString: unknown }).DefinitionString);
  expect(definition).toMatch(/WaitForTurn[^{}]{1,20}\{[^{}]*SecondsPath[^{}]*\$\.waitSeconds[^{}]*PlanRun/);
});
