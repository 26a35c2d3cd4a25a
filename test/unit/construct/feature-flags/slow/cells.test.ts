import { type Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { definition, faults, resolve } from '../../../../helpers/synth';
import { flagSets } from '../flags';
import { nameProblems } from '../names';
import { PLACES, type Place, quickApp } from '../places';

// What CDK has deprecated throws.
process.env.JSII_DEPRECATED = 'fail';
// It prints warnings, too.
beforeEach(() => ['log', 'error'].forEach((stream) => jest.spyOn(console, stream as 'log').mockImplementation()));

/** What the archiver says itself, and what newer versions of CDK want an app to decide. */
const EXPECTED = /cdk-s3-dated-archiver:|^No cross-stack-reference strength configured/;

/** What the place makes of CloudFormation's pseudo parameters. */
function pseudoParameters({ partition = 'aws', region = 'eu-west-1' }: Place): Record<string, string> {
  return { 'AWS::Partition': partition, 'AWS::Region': region, 'AWS::URLSuffix': partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com' };
}

describe.each(flagSets())('flags: %s', (_, context) => {
  test.each(PLACES)('$name', (place) => {
    const app = quickApp(context);
    const stack = place.build(app);
    const template = Template.fromStack(stack);
    const given = pseudoParameters(place);
    const { partition = 'aws' } = place;

    const asl = definition(template, given);
    expect(faults(asl)).toBe('');
    expect(asl.States.ArchiveObjects.ResultWriter.Resource).toBe(`arn:${partition}:states:::s3:putObject`);
    expect(asl.States.ArchiveObjects.ResultWriter.WriterConfig).toEqual({ Transformation: 'COMPACT', OutputType: 'JSONL' });
    expect(asl.States.ArchiveObjects.ItemReader.Resource).toBe(`arn:${partition}:states:::s3:listObjectsV2`);

    const resources = Object.values(template.toJSON().Resources as Record<string, { Properties: object }>);
    const properties = resources.map(({ Properties }) => resolve(template, Properties ?? {}, given));
    const arns = JSON.stringify(properties).replaceAll('${AWS::Partition}', partition).match(/\barn:[^:]*:/g)!;
    expect([...new Set(arns)]).toEqual([`arn:${partition}:`]);
    expect(nameProblems(template, given)).toEqual([]);
    expect(messagesOf(stack).filter(({ level, text }) => level !== 'info' && !EXPECTED.test(text))).toEqual([]);
    expect(messagesOf(stack).filter(({ text }) => text.includes('${Token['))).toEqual([]);
  });
});

/** What an archiver, and CDK itself, say about the stacks of the app. */
function messagesOf(stack: Stack): { level: string; text: string }[] {
  const { stacksRecursively } = Stage.of(stack)!.synth();
  return stacksRecursively.flatMap(({ messages }) => messages).map(({ level, entry }) => ({ level, text: String(entry.data) }));
}
