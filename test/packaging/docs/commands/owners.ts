/** Who types the commands of pages. A command without an owner may be wrong. */
export interface Owner {
  readonly page: RegExp;
  readonly command: RegExp;
  /** The file that types the command, or checks what can be checked without typing it. */
  readonly typedBy?: string;
  /** Why no file does. */
  readonly because?: string;
}

const ACCOUNT = 'it needs an AWS account';
const UNPUBLISHED = 'nothing is published yet';
const BY_HAND = 'it takes long: the page says when it was typed';

const typed = (page: RegExp, command: RegExp, typedBy: string): Owner => ({
  page,
  command,
  typedBy,
});
const untyped = (page: RegExp, command: RegExp, because: string): Owner => ({
  page,
  command,
  because,
});

const COMMANDS = 'test/packaging/docs/commands/slow';
const START = /^docs\/start\.md$/;
const USERS = /^(README|examples\/README|docs\/(recipes|packing))\.md$/;

/** The first that fits is the owner. */
export const OWNERS: readonly Owner[] = [
  // On objects that would show a mistake.
  typed(/leaving/, /^(aws s3 cp|find)/, `${COMMANDS}/on-objects.test.ts`),
  typed(/coming-from/, /list-objects-v2/, `${COMMANDS}/on-objects.test.ts`),
  typed(
    /coming-from/,
    /^(aws s3 mv|(rclone|s5cmd|mc|s7cmd) |sed)/,
    'assurance/other-tools/main.ts',
  ),
  typed(/packing/, /sha256sum </, `${COMMANDS}/on-objects.test.ts`),
  typed(/report/, /^(aws s3 sync|jq) /, `${COMMANDS}/on-objects.test.ts`),
  typed(/runbook/, /^aws s3 cp .*--no-overwrite|^jq /, `${COMMANDS}/on-objects.test.ts`),
  typed(/recipes/, /jq -s/, `${COMMANDS}/on-objects.test.ts`),
  typed(/runbook/, /^cat ledger/, 'test/integration/messages/runbook.test.ts'),
  typed(/packing/, /^7z x/, `${COMMANDS}/on-objects.test.ts`),
  typed(/packing/, /erase_packed_object/, 'test/packaging/docs/packing.test.ts'),

  // Only that the AWS CLI understands them, and runs their input.
  typed(/./, /^(aws |cmp <\(aws )/, `${COMMANDS}/aws-cli.test.ts`),

  // The guides, in empty folders.
  untyped(/./, /^npx (aws-cdk@\S+|cdk) (bootstrap|deploy)/, ACCOUNT),
  untyped(/./, /^npx cdk-assets publish/, ACCOUNT),
  typed(START, /output|^day=/, 'test/packaging/docs/start.test.ts'),
  typed(START, /./, 'test/packaging/quickstart/run.ts'),
  typed(/packages\/sandbox/, /./, 'test/packaging/quickstart/run.ts'),
  typed(/packages\/s3-double/, /./, 'packages/s3-double/test/command/cli.test.ts'),
  typed(/once/, /^npm run --silent s3-dated-archiver/, 'packages/command/test/run/docs.test.ts'),
  typed(/schedules/, /archive-last-days/, 'packages/command/test/run/schedules.test.ts'),
  typed(/packages\/command/, /./, 'packages/command/test/slow/package.test.ts'),
  typed(/examples/, /cdk synth --app/, 'test/packaging/consumer/parity/main.ts'),
  typed(
    USERS,
    /^(npm|pip) install |cdk-s3-dated-archiver-sandbox/,
    'test/packaging/quickstart/run.ts',
  ),
  typed(USERS, /^npx cdk synth --quiet$/, 'test/packaging/quickstart/run.ts'),

  // In a clone.
  untyped(/./, /^git clone /, UNPUBLISHED),
  untyped(/./, /npm run --silent look/, 'it was typed on 2026-12-02, on objects of the S3 double'),
  typed(/./, /^npm ci( && npm (test|run demo))?$/, '.ci/run'),
  typed(/CONTRIBUTING/, /^(npm (test|run demo)|\.ci\/run|npx (projen|jest) .*)$/, '.ci/run'),
  untyped(/SECURITY/, /^npm audit signatures$/, UNPUBLISHED),
  typed(/SECURITY/, /release:dry-run/, '.ci/run'),
  typed(/performance/, /bench -- --quick|cold-start/, 'assurance/main.ts'),
  untyped(/performance/, /bench|growth|estimates/, BY_HAND),
  untyped(/emulators/, /NODE_EXTRA_CA_CERTS/, 'it needs an emulator: the page says which'),

  // In an AWS account.
  typed(/verify-aws/, /npm run verify:aws/, 'test/aws/verify/arguments.test.ts'),
  typed(/verify-aws|once/, /npx projen bundle/, '.ci/run'),
  typed(/verify-aws/, /COMMIT/, 'test/aws/verify/slow/cloudshell.test.ts'),
];
