import type { Layer } from '../../contract/alert-details';
import { DOCUMENTS } from '../report-run/report/report-links';

/** The runbook's paragraph on a layer. */
export function layerUrl(layer: Layer): string {
  return `${DOCUMENTS}/runbook.md#${layer.toLowerCase().replace(/ /g, '-')}`;
}
