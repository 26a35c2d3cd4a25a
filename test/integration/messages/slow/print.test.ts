/** Checks that docs/messages.md shows the current messages. */
import { readFileSync } from 'node:fs';
import { MESSAGES, generateMessages, toMarkdown } from '../print';

jest.setTimeout(180_000);

/** Replaces the parts that differ from run to run. */
function maskRandomParts(text: string): string {
  return (
    text
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
      .replace(/\(request \w+\)/g, '(request ID)')
      // With KMS an ETag is no digest of the content.
      .replace(/\b[0-9a-f]{32}\b/g, 'ETAG')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z, (took|ended after) .*/g, '..., $1 ...')
      .replace(/runs(\/|%2F)\d{4}-\d\d-\d\d/g, 'runs$1...')
      .replace(/archive\/2026\/11\/24\/us\/sensor-0\d{3}/g, 'archive/2026/11/24/us/sensor-n')
  );
}

test('docs/messages.md is what print.ts would write', async () => {
  const page = maskRandomParts(readFileSync(MESSAGES, 'utf8'));
  let count = 0;
  for await (const { title, alerts } of generateMessages()) {
    expect(alerts).toHaveLength(1);
    expect(page).toContain(maskRandomParts(toMarkdown(title, alerts)));
    count += 1;
  }
  expect(page.match(/^## /gm)).toHaveLength(count);
});
