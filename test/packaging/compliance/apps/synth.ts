/**
 * Synthesizes an app and writes down the findings of both generations of cdk-nag. Like other apps,
 * it runs in its own process, in the judges' folder.
 *
 * usage: synth.ts APP FINDINGS, with CDK_OUTDIR
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, Aspects, type CfnResource, Stage, type StageSynthesisOptions } from 'aws-cdk-lib';
import { S3DatedArchiver } from 'cdk-s3-dated-archiver';
import type { Construct, IConstruct } from 'constructs';
import type { NagFinding } from '../findings';

/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-require-imports */

const PACKS = [
  'AwsSolutionsChecks',
  'HIPAASecurityChecks',
  'NIST80053R4Checks',
  'NIST80053R5Checks',
  'PCIDSS321Checks',
  'ServerlessChecks',
];
const findings: NagFinding[] = [];

function found(by: NagFinding['by'], rule: string, node: IConstruct): void {
  findings.push({
    by,
    rule,
    path: node.node.path,
    ours: node.node.scopes.some((scope) => S3DatedArchiver.isS3DatedArchiver(scope)),
  });
}

/** cdk-nag 2 visits constructs as an aspect, and passes its findings to loggers. */
function addNag2(app: App): void {
  const packs = require('cdk-nag-2');
  const logger = {
    onNonCompliance: ({
      ruleId,
      findingId,
      resource,
    }: {
      ruleId: string;
      findingId: string;
      resource: CfnResource;
    }) => found('cdk-nag 2', findingId ? `${ruleId}[${findingId}]` : ruleId, resource),
    onError: ({ ruleId, resource }: { ruleId: string; resource: CfnResource }) =>
      found('cdk-nag 2', `${ruleId} (cannot tell)`, resource),
    onCompliance: () => undefined,
    onSuppressed: () => undefined,
    onSuppressedError: () => undefined,
    onNotApplicable: () => undefined,
  };
  for (const name of PACKS) {
    const pack = new packs[name]({ reports: false });
    pack.loggers = [logger];
    Aspects.of(app).add(pack);
  }
}

/** cdk-nag 3 checks the finished construct tree. */
function askNag3(app: App): void {
  const packs = require('cdk-nag');
  for (const name of PACKS) {
    for (const { ruleName, violatingResources } of new packs[name](app).validateScope(app)
      .violations) {
      for (const { constructPath } of violatingResources) {
        const node = constructPath
          .split('/')
          .reduce((scope: Construct, id: string) => scope.node.findChild(id), app);
        found('cdk-nag 3', ruleName, node);
      }
    }
  }
}

const [app, output] = process.argv.slice(2);
const { synth } = Stage.prototype;
Stage.prototype.synth = function (this: Stage, options?: StageSynthesisOptions) {
  if (!App.isApp(this)) {
    return synth.call(this, options);
  }
  const isFirst = findings.length === 0;
  if (isFirst) {
    addNag2(this as App);
  }
  const assembly = synth.call(this, options);
  if (isFirst) {
    askNag3(this as App);
  }
  fs.writeFileSync(output, JSON.stringify(findings));
  return assembly;
};
require(path.resolve(app));
