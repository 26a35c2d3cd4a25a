import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Resources } from './access/grants';

/** PlanRun refuses them, so a command that is pasted as it is does nothing. */
const DAYS = { from: 'yyyy-MM-dd', to: 'yyyy-MM-dd' };

export function createCommandOutputs(
  scope: Construct,
  { stateMachine, source, reports, packs }: Resources,
): CfnOutput[] {
  const start = (input?: object) =>
    `aws stepfunctions start-execution --region ${Stack.of(scope).region} ` +
    '--state-machine-arn ' +
    `${stateMachine.stateMachineArn}${input ? ` --input '${JSON.stringify(input)}'` : ''}`;
  const output = (id: string, description: string, value: string) =>
    new CfnOutput(scope, id, { description, value });
  return [
    output(
      'DryRun',
      'Says what a run would do now and what it would cost, and changes nothing',
      start({ dryRun: true }),
    ),
    output('Start', 'Starts a run for the days that the schedule would archive now', start()),
    output('Dates', 'Archives other days: replace both dates', start(DAYS)),
    output(
      'Verify',
      'Compares the archive with the ledgers of some days: replace both dates',
      start({ action: 'verify', ...DAYS }),
    ),
    ...(source.allowsRestore
      ? [
          output(
            'Restore',
            'Says what a restore would copy back: replace NAME with the name of a run. Without ' +
              'dryRun, it does it',
            start({ action: 'restore', run: 'NAME', dryRun: true }),
          ),
        ]
      : []),
    ...(packs
      ? [
          output(
            'RestoreToReports',
            'Copies objects out of packs into a folder next to the reports: replace both dates, ' +
              'and the glob of their keys',
            start({ action: 'restore', target: 'reports', ...DAYS, keys: ['**'] }),
          ),
        ]
      : []),
    output(
      'Reports',
      'Copies the pages of all runs into the folder reports: open index.html there',
      `aws s3 sync ${quote(`s3://${reports.bucket.bucketName}/${reports.prefix}`)} reports ` +
        `--exclude '*' --include '*.html'`,
    ),
  ];
}

/**
 * Quotes a text for bash and zsh. The value of a token is unknown, but the name of a bucket needs
 * no quotes.
 */
function quote(text: string): string {
  return /^[\w:/.-]+$/.test(text.replace(/\$\{Token\[[^\]]*\]\}/g, ''))
    ? text
    : `'${text.replace(/'/g, "'\\''")}'`;
}
