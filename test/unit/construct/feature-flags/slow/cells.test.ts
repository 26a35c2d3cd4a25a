import { type Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { definition, faults, resolve } from '../../../../helpers/synth';
import { getFlagSets } from '../flags';
import { findNameProblems } from '../names';
import { PLACES, type Place, quickApp } from '../places';

// With this variable, the use of a deprecated CDK API throws.
process.env.JSII_DEPRECATED = 'fail';
// CDK also prints warnings.
beforeEach(() =>
  ['log', 'error'].forEach((stream) => jest.spyOn(console, stream as 'log').mockImplementation()),
);

/**
 * The annotations of the archiver itself, and a warning of newer CDK versions that only an app can
 * resolve.
 */
const EXPECTED = /cdk-s3-dated-archiver:|^No cross-stack-reference strength configured/;

/** Returns the values of CloudFormation's pseudo parameters in a place. */
function getPseudoParameters({
  partition = 'aws',
  region = 'eu-west-1',
}: Place): Record<string, string> {
  return {
    'AWS::Partition': partition,
    'AWS::Region': region,
    'AWS::URLSuffix': partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
  };
}

describe.each(getFlagSets())('flags: %s', (_, context) => {
  test.each(PLACES)('$name', (place) => {
    const app = quickApp(context);
    const stack = place.build(app);
    const template = Template.fromStack(stack);
    const given = getPseudoParameters(place);
    const { partition = 'aws' } = place;

    const asl = definition(template, given);
    expect(faults(asl)).toBe('');
    expect(asl.States.ArchiveObjects.ResultWriter.Resource).toBe(
      `arn:${partition}:states:::s3:putObject`,
    );
    expect(asl.States.ArchiveObjects.ResultWriter.WriterConfig).toEqual({
      Transformation: 'COMPACT',
      OutputType: 'JSONL',
    });
    expect(asl.States.ArchiveObjects.ItemReader.Resource).toBe(
      `arn:${partition}:states:::s3:listObjectsV2`,
    );

    const resources = Object.values(
      template.toJSON().Resources as Record<string, { Properties: object }>,
    );
    const properties = resources.map(({ Properties }) =>
      resolve(template, Properties ?? {}, given),
    );
    const arns = JSON.stringify(properties)
      .replaceAll('${AWS::Partition}', partition)
      .match(/\barn:[^:]*:/g)!;
    expect([...new Set(arns)]).toEqual([`arn:${partition}:`]);
    expect(findNameProblems(template, given)).toEqual([]);
    expect(
      getMessages(stack).filter(({ level, text }) => level !== 'info' && !EXPECTED.test(text)),
    ).toEqual([]);
    expect(getMessages(stack).filter(({ text }) => text.includes('${Token['))).toEqual([]);
  });
});

/** Returns the annotations of the archiver and of CDK on the stacks of the app. */
function getMessages(stack: Stack): { level: string; text: string }[] {
  const { stacksRecursively } = Stage.of(stack)!.synth();
  return stacksRecursively
    .flatMap(({ messages }) => messages)
    .map(({ level, entry }) => ({ level, text: String(entry.data) }));
}
