import { Lazy } from 'aws-cdk-lib';
import { DateSelection } from '../../src';

test.each([
  [DateSelection.yesterday(), { kind: 'daysAgo', days: 1 }],
  [DateSelection.daysAgo(0), { kind: 'daysAgo', days: 0 }],
  [DateSelection.lastDays(7), { kind: 'lastDays', days: 7 }],
  [DateSelection.olderThan(0), { kind: 'olderThan', days: 0 }],
  [DateSelection.olderThan(90), { kind: 'olderThan', days: 90 }],
])('%#: settings for PlanRun', (selection, settings) => {
  expect(selection._settings()).toEqual(settings);
});

test.each([
  [
    () => DateSelection.daysAgo(-1),
    'DateSelection.daysAgo(-1) is not allowed: give a whole number of days from 0 to 36,525',
  ],
  [
    () => DateSelection.daysAgo(1.5),
    'DateSelection.daysAgo(1.5) is not allowed: give a whole number of days from 0 to 36,525',
  ],
  [
    () => DateSelection.lastDays(0),
    'DateSelection.lastDays(0) is not allowed: give a whole number of days from 1 to 36,525',
  ],
  [
    () => DateSelection.olderThan(NaN),
    'DateSelection.olderThan(NaN) is not allowed: give a whole number of days from 0 to 36,525',
  ],
  [
    () => DateSelection.olderThan(36_526),
    'DateSelection.olderThan(36526) is not allowed: give a whole number of days from 0 to 36,525',
  ],
])('%#: throws for numbers of days out of range', (make, message) => {
  expect(make).toThrow(message);
});

test('a number that is a token is checked at run time', () => {
  const later = Lazy.number({ produce: () => -1 });
  expect(DateSelection.lastDays(later)._settings().days).toBe(later);
});
