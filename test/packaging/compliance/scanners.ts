import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Finding, Judge, Judged } from './judge';
import { installPackages, tryProgram } from './programs';
import { changed, ofType } from './setting';

/**
 * What other resources of an app look like to these tools is up to the app. So only two apps are
 * scanned, and of them only the archiver.
 */
const APPS = ['default', 'guarded'];

/** Runs checkov. Findings that every archiver has are suppressed in the template, with a reason. */
export function checkov(venv: string): Judge {
  return {
    name: 'checkov',
    violation: /^CKV_AWS_53: ArchiverReports/,
    explained: [
      {
        rule: /^CKV_AWS_(26|158|173)$/,
        why: 'for those who want keys of their own: encryptionKey',
      },
      { rule: /^CKV_AWS_117$/, why: 'for those who want functions in a VPC: vpc' },
    ],
    judge: (apps) =>
      scan(apps, (template) => {
        const { output } = tryProgram(path.join(venv, 'bin/checkov'), [
          '--file',
          template,
          '--framework',
          'cloudformation',
          '--compact',
          '--quiet',
          '--skip-download',
          '--output',
          'json',
        ]);
        const report = JSON.parse(output.slice(output.indexOf('{'))) as CheckovReport;
        if (report.summary.parsing_errors > 0 || report.summary.passed === 0) {
          throw new Error(`checkov has judged nothing: ${output}`);
        }
        return report.results.failed_checks.map(({ check_id: rule, resource }) => ({
          rule,
          id: resource.split('.').pop()!,
        }));
      }),
    spoil: openReports,
  };
}

interface CheckovReport {
  readonly summary: { readonly passed: number; readonly parsing_errors: number };
  readonly results: {
    readonly failed_checks: { readonly check_id: string; readonly resource: string }[];
  };
}

/**
 * Runs cfn-guard with the rules of Control Tower's proactive controls, as CDK's plugin for them has
 * them. These rules cannot be suppressed in a template.
 */
export function cfnGuard(folder: string): Judge {
  installPackages(folder, { '@cdklabs/cdk-validator-cfnguard': '0.0.62' });
  const plugin = path.join(folder, 'node_modules/@cdklabs/cdk-validator-cfnguard');
  const system = process.platform === 'darwin' ? 'macos' : 'ubuntu';
  const program = path.join(
    plugin,
    'bin',
    system,
    process.arch === 'arm64' ? 'aarch64' : 'x86_64',
    'cfn-guard',
  );
  fs.chmodSync(program, 0o755);
  return {
    name: 'cfn-guard',
    violation: /^s3_bucket_level_public_access_prohibited_check: ArchiverReports/,
    explained: [
      {
        rule: /^(cloudwatch_log_group_encrypted|s3_bucket_default_encryption_kms)_check$/,
        why: 'for those who want keys of their own: encryptionKey',
      },
      { rule: /^lambda_inside_vpc_check$/, why: 'for those who want functions in a VPC: vpc' },
      {
        rule: /^s3_(bucket_logging_enabled|bucket_object_lock_enabled|event_notifications_enabled)_check$/,
        why: 'reports are logs themselves and expire: a reportBucket of your own may have these',
      },
      {
        rule: /^sqs_dlq_check$/,
        why: 'the queue is a dead-letter queue itself, and no queue sends to it',
      },
    ],
    judge: (apps) =>
      scan(apps, (template) => {
        const { output } = tryProgram(program, [
          'validate',
          '--data',
          template,
          '--rules',
          path.join(plugin, 'rules/control-tower'),
          '--output-format',
          'json',
          '--structured',
          '--show-summary',
          'none',
        ]);
        const reports = JSON.parse(output.slice(output.indexOf('['))) as {
          readonly compliant: unknown[];
          readonly not_compliant: GuardFailure[];
        }[];
        if (!reports.some(({ compliant }) => compliant.length > 0)) {
          throw new Error(`cfn-guard has judged nothing: ${output}`);
        }
        return reports
          .flatMap(({ not_compliant: failures }) => failures)
          .flatMap(({ Rule }) =>
            [
              ...new Set(
                [...JSON.stringify(Rule).matchAll(/"path":"\/Resources\/(\w+)/g)].map(
                  ([, id]) => id,
                ),
              ),
            ].map((id) => ({ rule: Rule.name, id })),
          );
      }),
    spoil: openReports,
  };
}

interface GuardFailure {
  readonly Rule: { readonly name: string };
}

function scan(
  apps: readonly Judged[],
  judge: (template: string) => { rule: string; id: string }[],
): Finding[] {
  return apps
    .filter(({ name }) => APPS.includes(name))
    .flatMap(({ name, templates }) =>
      templates
        .flatMap(judge)
        .filter(({ id }) => id.startsWith('Archiver'))
        .map(({ rule, id }) => ({ app: name, rule, text: id })),
    );
}

/** Returns an app whose report bucket may be made public. */
function openReports(app: Judged): Judged {
  return changed(app, (template) => {
    const [reports] = ofType(template, 'AWS::S3::Bucket').filter(([id]) =>
      id.startsWith('ArchiverReports'),
    );
    delete reports![1].Properties.PublicAccessBlockConfiguration;
  });
}
