import { DestinationWinners } from '../../../../src/lambda/ledger/destination-winners';

const claim = (destination: string, etag: string, at: number) => ({
  destination,
  etag: `"${etag}"`,
  at,
});

test('the object that came first wins, in whatever order the ledger is read', () => {
  const claims = [
    claim('x', 'second', 20),
    claim('x', 'first', 10),
    claim('x', 'third', 30),
    claim('y', 'only', 5),
  ];
  for (const order of [claims, [...claims].reverse()]) {
    const winners = new DestinationWinners();
    order.forEach((each) => winners.add(each));
    expect(claims.map((each) => winners.isWinner(each))).toEqual([false, true, false, true]);
  }
});

test('an object with the same content as the winner is archived, too', () => {
  const winners = new DestinationWinners();
  [claim('x', 'same', 10), claim('x', 'other', 20), claim('x', 'same', 30)].forEach((each) =>
    winners.add(each),
  );
  expect([
    winners.isWinner(claim('x', 'same', 30)),
    winners.isWinner(claim('x', 'other', 20)),
  ]).toEqual([true, false]);
});

test('does not mix up a hundred thousand destinations', () => {
  const claims = Array.from({ length: 100_000 }, (_, i) =>
    claim(`archive/2026/11/24/${i}`, String(i), i),
  );
  const winners = new DestinationWinners();
  claims.forEach((each) => winners.add(each));
  expect([claims.every((each) => winners.isWinner(each)), winners.notCompared]).toEqual([true, 0]);
});

test('beyond its limit it counts what it cannot compare, and goes on finding what it knows', () => {
  const winners = new DestinationWinners(2);
  for (const destination of ['x', 'y', 'z', 'z', 'x']) {
    winners.add(claim(destination, destination, 1));
  }
  expect(winners.notCompared).toBe(2);
  expect([
    winners.isWinner(claim('x', 'other', 2)),
    winners.isWinner(claim('z', 'other', 2)),
  ]).toEqual([false, true]);
});
