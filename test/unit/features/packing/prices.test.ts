import type { LedgerLine } from '../../../../src/contract/payloads/ledger-line';
import { PackCounter } from '../../../../src/lambda/pricing/packs';

const line: LedgerLine = {
  v: 2,
  key: 'in/a',
  destination: 'archive/a',
  status: 'archived',
  etag: '"e"',
  size: 10,
  day: '2026-11-24',
  at: 0,
};

function sum(...lines: Partial<LedgerLine>[]) {
  const counter = new PackCounter();
  for (const each of lines) {
    counter.add({ ...line, ...each });
  }
  return counter.sums;
}

test('members count once for each pack', () => {
  const member = { name: 'a', offset: 0, size: 10, sha256: '0'.repeat(64), packSize: 100 };
  const [first, second] = ['archive/pack-1.zip', 'archive/pack-2.zip'].map(
    (destination) => ({ v: 3, destination, member }) as const,
  );
  expect(sum(first, first, second)).toEqual({ packs: 2, objects: 3, bytes: 30 });
});

test('of a dry run, the first object of a pack has its requests', () => {
  const planned = { v: 3, requests: { GetObject: 1 } } as const;
  expect(sum({ v: 3, requests: { GetObject: 1, PutObject: 2 } }, planned, planned)).toEqual({
    packs: 1,
    objects: 3,
    bytes: 30,
  });
});

test('an object that is only read to compare it is not packed', () => {
  expect(sum({ requests: { HeadObject: 2, GetObject: 2 } }, {})).toEqual({
    packs: 0,
    objects: 0,
    bytes: 0,
  });
});
