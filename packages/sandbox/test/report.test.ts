import { schemaErrors } from '../../../test/helpers/report-schema';
import { rehearse } from '../../../test/helpers/run-in-sandbox';

test('a run leaves a report as its schema says, and a page', async () => {
  const rehearsal = await rehearse({ toleratedFailurePercentage: 50 });
  try {
    ['a-2026-11-24', 'b-2026-11-24', 'c-2026-11-24', 'd-2026-11-20', 'none'].forEach((name) =>
      rehearsal.put(`incoming/${name}`),
    );
    rehearsal.putArchived('archive/2026/11/24/b-2026-11-24', 'other');
    rehearsal.sandbox.s3!.store.deny({
      operations: ['CopyObject'],
      keyPrefix: 'archive/2026/11/24/c',
    });
    const { report, estimate } = await rehearsal.sandbox.run({ now: '2026-11-25T01:00:00Z' });
    const read = (key: string) => rehearsal.sandbox.s3!.store.get(report!.bucket, key)!;
    const content = JSON.parse(read(report!.key).body.bytes().toString());
    expect(schemaErrors(content)).toEqual([]);
    expect(content).toMatchObject({
      counts: { listed: 5, archived: 1, skipped: 2, conflicting: 1, failed: 1 },
      stragglers: { examples: [{ key: 'incoming/d-2026-11-20' }] },
    });
    expect(content.slowest).toHaveLength(3);
    // Durations differ, and the sandbox also counts the requests of the run itself.
    expect(content.cost.total / estimate.usd).toBeGreaterThan(0.5);
    expect(content.cost.total / estimate.usd).toBeLessThan(1.5);
    const page = read(report!.key.replace(/json$/, 'html'));
    expect(page.attributes.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8' });
    expect(page.body.bytes().toString()).toMatch(/<h1>.*2026-11-24.*<\/h1>/);
  } finally {
    await rehearsal.close();
  }
});
