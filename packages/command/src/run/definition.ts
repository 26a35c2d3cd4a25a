import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Definition } from 'cdk-s3-dated-archiver-engine';
import type { Settings } from '../../../../src/contract/payloads/settings';
import { toFunctionArn } from '../processes/functions';

/** The shipped definition of an archiver that lists as this one does, with its own values. */
export function readDefinition(assets: string, settings: Settings): Definition {
  const listedBy = settings.listingConcurrency === undefined ? 'map' : 'function';
  const text = readFileSync(path.join(assets, `listed-by-${listedBy}.asl`), 'utf8');
  return fillDefinition(text, settings);
}

export function fillDefinition(text: string, settings: Settings): Definition {
  const values: { readonly [placeholder: string]: string } = {
    'AWS::Partition': 'command',
    SourceBucket: settings.sourceBucket,
    ReportBucket: settings.reportBucket,
    BatchSize: String(settings.batchSize),
    // As the construct writes it.
    ToleratedFailurePercentage: String(Math.ceil(settings.toleratedFailurePercentage)),
    PlanRun: toFunctionArn('plan-run'),
    ListObjects: toFunctionArn('list-objects'),
    ArchiveBatch: toFunctionArn('archive-batch'),
    VerifyBatch: toFunctionArn('verify-batch'),
    ReportRun: toFunctionArn('report-run'),
  };
  const filled = text.replace(/\$\{([\w:]+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) {
      throw new Error(`the definition has a placeholder without a value: ${name}`);
    }
    return value;
  });
  return JSON.parse(filled) as Definition;
}
