import type { Layer } from '../../contract/alert-details';

/** In the repository that package.json names; a test compares the two. */
export const DOCUMENTS = 'https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/blob/main/docs';

/** The section of the runbook about a reason code. */
export function reasonUrl(code: string): string {
  return `${DOCUMENTS}/runbook.md#${encodeURIComponent(code.toLowerCase())}`;
}

/** The section of the runbook about a layer. */
export function layerUrl(layer: Layer): string {
  return `${DOCUMENTS}/runbook.md#${layer.toLowerCase().replace(/ /g, '-')}`;
}
