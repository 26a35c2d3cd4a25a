import type { Layer } from '../../contract/alert-details';

/** The repository's, which package.json names; a test compares them. */
export const DOCUMENTS = 'https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/blob/main/docs';

/** The runbook's paragraph on a reason code. */
export function reasonUrl(code: string): string {
  return `${DOCUMENTS}/runbook.md#${encodeURIComponent(code.toLowerCase())}`;
}

/** The runbook's paragraph on a layer. */
export function layerUrl(layer: Layer): string {
  return `${DOCUMENTS}/runbook.md#${layer.toLowerCase().replace(/ /g, '-')}`;
}
