import type { Layer } from '../../contract/alert-details';
import { runbookUrl } from '../../contract/documents';

/** The section of the runbook about a reason code. */
export function reasonUrl(code: string): string {
  return runbookUrl(encodeURIComponent(code.toLowerCase()));
}

/** The section of the runbook about a layer. */
export function layerUrl(layer: Layer): string {
  return runbookUrl(layer.toLowerCase().replace(/ /g, '-'));
}
