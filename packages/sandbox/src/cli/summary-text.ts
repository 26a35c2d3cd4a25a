import { count } from './progress';
import type { SandboxSummary } from '../summary/summary';

/** The summary as text for people. */
export function summaryText(summary: SandboxSummary): string {
  const { status, error, cause, counts, bytes, seconds, requests, transitions, children, invocations, alerts, report, estimate } = summary;
  const lines = [`${status}${error ? `: ${error}` : ''} after ${seconds.toFixed(1)} s`];
  if (cause) { lines.push(indent(cause)); }
  if (counts) {
    const { listed, archived, skipped, conflicting, failed } = counts;
    lines.push(`objects      ${count(listed)} listed = ${count(archived)} archived + ${count(skipped)} skipped + ${count(conflicting)} conflicting + ${count(failed)} failed`);
    lines.push(`archived     ${count(bytes ?? 0)} bytes`);
  }
  if (report) { lines.push(`report       s3://${report.bucket}/${report.key}`); }
  const byCount = Object.entries(requests).sort(([, left], [, right]) => right - left);
  lines.push(`S3 requests  ${byCount.map(([operation, n]) => `${operation} ${count(n)}`).join(', ') || 'none'}`);
  lines.push(`on AWS       ${count(transitions)} state transitions, ${count(children)} child workflows, ${count(invocations)} invocations, about $${estimate.usd.toFixed(4)}`);
  for (const alert of alerts) { lines.push(`alert        ${alert.subject ?? '(no subject)'}`, indent(alert.message)); }
  return lines.join('\n');
}

function indent(text: string): string {
  return text.split('\n').map((line) => `             ${line}`).join('\n');
}
