import * as fs from 'node:fs';
import type { NagFinding } from './findings';
import type { Judge, Judged } from './judge';

/**
 * Runs all packs of both generations of cdk-nag on the resources of archivers. The resources
 * acknowledge the findings that are inherent in an archiver. Each remaining finding can be fixed
 * with one prop. The app `guarded` proves this: it sets these props and has no finding.
 */
export function cdkNag(spoiled: Judged): Judge {
  return {
    name: 'cdk-nag',
    violation: /AwsSolutions-IAM5\[Action::s3:\*\]: .*Archiver\/ArchiveBatch/,
    explained: [
      {
        rule: /-(S3DefaultEncryptionKMS|SNSEncryptedKMS|CloudWatchLogGroupEncrypted)$/,
        why: 'for those who want keys of their own: encryptionKey',
      },
      { rule: /-LambdaInsideVPC$/, why: 'for those who want functions in a VPC: vpc' },
      {
        rule: /-SNSRedrivePolicy$/,
        why:
          "subscriptions are the app's to add, and where mail does not arrive, a dead-letter " +
          'queue does not help',
      },
    ],
    judge: (apps) =>
      apps.flatMap(({ name, nag }) => {
        const findings = JSON.parse(fs.readFileSync(nag, 'utf8')) as NagFinding[];
        const ours = findings.filter((finding) => finding.ours);
        if (name === 'guarded' && ours.length > 0) {
          return ours.map(({ by, rule, path }) => ({
            app: name,
            rule: 'props do not mend',
            text: `${by}: ${rule}: ${path}`,
          }));
        }
        return ours.map(({ by, rule, path }) => ({
          app: name,
          rule: `${by}: ${rule}`,
          text: path,
        }));
      }),
    spoil: () => spoiled,
  };
}
