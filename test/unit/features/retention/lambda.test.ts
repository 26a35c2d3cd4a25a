import { createRetention } from '../../../../src/features/retention/lambda/retention';

const LONG_AGO = Date.parse('0100-01-01');

function endOf(
  period: { years?: number; days?: number },
  day: string,
  timeZone = 'UTC',
): string | undefined {
  const retentionOf = createRetention({
    retention: { retentionMode: 'GOVERNANCE', ...period },
    timeZone,
  })!;
  return retentionOf(day, LONG_AGO)?.ObjectLockRetainUntilDate?.toISOString();
}

test.each([
  [{ years: 7 }, '2026-11-24', 'UTC', '2033-11-24T00:00:00.000Z'],
  [{ days: 30 }, '2026-12-15', 'UTC', '2027-01-14T00:00:00.000Z'],
  [{ years: 1 }, '2024-02-29', 'UTC', '2025-02-28T00:00:00.000Z'],
  [{ years: 4 }, '2024-02-29', 'UTC', '2028-02-29T00:00:00.000Z'],
  [{ years: 100 }, '2024-02-29', 'UTC', '2124-02-29T00:00:00.000Z'],
  [{ days: 366 }, '2024-02-29', 'UTC', '2025-03-01T00:00:00.000Z'],
  [{ years: 1 }, '2026-12-31', 'UTC', '2027-12-31T00:00:00.000Z'],
  [{ days: 1 }, '2026-12-31', 'UTC', '2027-01-01T00:00:00.000Z'],
  [{ years: 7 }, '2026-11-24', 'Asia/Tokyo', '2033-11-23T15:00:00.000Z'],
  [{ years: 7 }, '2026-11-24', 'America/New_York', '2033-11-24T05:00:00.000Z'],
  [{ years: 7 }, '2026-11-24', 'Asia/Kolkata', '2033-11-23T18:30:00.000Z'],
  [{ days: 1 }, '2026-11-24', 'Pacific/Kiritimati', '2026-11-24T10:00:00.000Z'],
  [{ days: 1 }, '2026-11-24', 'Etc/GMT+12', '2026-11-25T12:00:00.000Z'],
  // Daylight saving time began at midnight, so the day began at 01:00.
  [{ days: 1 }, '2018-11-03', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
] as const)('%j from %s in %s ends at %s', (period, day, timeZone, end) => {
  expect(endOf(period, day, timeZone)).toBe(end);
});

test('a retention that is over is none', () => {
  const retentionOf = createRetention({
    retention: { retentionMode: 'COMPLIANCE', days: 30 },
    timeZone: 'UTC',
  })!;
  const end = Date.parse('2026-12-24T00:00:00Z');
  expect(retentionOf('2026-11-24', end)).toBeUndefined();
  expect(retentionOf('2026-11-24', end - 1)).toEqual({
    ObjectLockMode: 'COMPLIANCE',
    ObjectLockRetainUntilDate: new Date(end),
  });
  expect(createRetention({ retention: undefined, timeZone: 'UTC' })).toBeUndefined();
});
