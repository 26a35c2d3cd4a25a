import * as fs from 'node:fs';
import type { NagFinding } from './findings';
import type { Judge, Judged } from './judge';

/**
 * Both generations of cdk-nag, all packs, on the resources of archivers. What is inherent in an archiver its resources acknowledge
 * themselves; what is left is what one prop mends, as the app `guarded` shows, which has both of them and no finding.
 */
export function cdkNag(spoiled: Judged): Judge {
  return {
    name: 'cdk-nag',
    violation: /AwsSolutions-IAM5\[Action::s3:\*\]: .*Archiver\/ArchiveBatch/,
    explained: [
      { rule: /-(S3DefaultEncryptionKMS|SNSEncryptedKMS|CloudWatchLogGroupEncrypted)$/, why: 'for those who want keys of their own: encryptionKey' },
      { rule: /-LambdaInsideVPC$/, why: 'for those who want functions in a VPC: vpc' },
      { rule: /-SNSRedrivePolicy$/, why: 'subscriptions are the app\'s to add, and where mail does not arrive, a dead-letter queue does not help' },
    ],
    judge: (apps) => apps.flatMap(({ name, nag }) => {
      const findings = JSON.parse(fs.readFileSync(nag, 'utf8')) as NagFinding[];
      const ours = findings.filter((finding) => finding.ours);
      if (name === 'guarded' && ours.length > 0) {
        return ours.map(({ by, rule, path }) => ({ app: name, rule: 'props do not mend', text: `${by}: ${rule}: ${path}` }));
      }
      return ours.map(({ by, rule, path }) => ({ app: name, rule: `${by}: ${rule}`, text: path }));
    }),
    spoil: () => spoiled,
  };
}
