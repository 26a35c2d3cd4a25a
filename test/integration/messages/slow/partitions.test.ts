/** Checks the links and commands in the messages of whole runs, in each partition of AWS. */
import { rehearse, type Rehearsal } from '../../../helpers/run-in-sandbox';
import { getCommands, paste } from '../aws-cli';
import { getOnlyAlert } from '../stage';

let rehearsal: Rehearsal;
afterEach(() => rehearsal.close());

/** The runs produce both kinds of messages: those of ReportRun and those of the explainer. */
const RUNS: [string, (given: Rehearsal) => () => void][] = [
  ['objects fail', ({ sandbox: { s3 } }) => s3!.store.deny({ operations: ['CopyObject'] })],
  ['the run fails', ({ sandbox: { s3 } }) => s3!.store.deny({ operations: ['ListObjectsV2'] })],
];

describe.each([
  ['aws', 'eu-west-1', 'https://eu-west-1.console.aws.amazon.com/'],
  ['aws-cn', 'cn-north-1', 'https://cn-north-1.console.amazonaws.cn/'],
  ['aws-us-gov', 'us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/'],
])('in %s', (partition, region, console) => {
  test.each(RUNS)('%s', async (_, breakIt) => {
    rehearsal = await rehearse(
      { retryPolicy: { maxAttempts: 0 } },
      { stackProps: { env: { account: '111122223333', region } } },
    );
    const { sandbox, put } = rehearsal;
    put('incoming/a-2026-11-24.csv');
    const repair = breakIt(rehearsal);
    await sandbox.run({ input: { date: '2026-11-24' }, name: 'nightly' });

    const { message, details } = getOnlyAlert(sandbox.published);
    const machine = sandbox.stateMachineArn.split(':').pop();
    const arn = `arn:${partition}:states:${region}:111122223333:execution:${machine}:nightly`;
    expect(details.executionArn).toBe(arn);
    const links = message.match(/https:\/\/\S+/g)!.filter((link) => !link.includes('runbook.md'));
    expect(links).toContain(`${console}states/home?region=${region}#/v2/executions/details/${arn}`);
    for (const link of links) {
      expect(link).toMatch(new RegExp(`^${console}`));
    }

    repair();
    const [command] = getCommands(message);
    expect(command).toContain(` --region ${region} `);
    expect((await paste(sandbox, command!)).status).toBe('SUCCEEDED');
    expect(rehearsal.source()).toEqual([]);
  });
});
