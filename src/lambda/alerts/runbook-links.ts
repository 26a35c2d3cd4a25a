import { DOCUMENTS } from '../report-run/report/report-links';
import type { Layer } from '../../contract/alert-details';

/** The runbook's paragraph on a layer. */
export function layerUrl(layer: Layer): string {
  return `${DOCUMENTS}/runbook.md#${layer.toLowerCase().replace(/ /g, '-')}`;
}
