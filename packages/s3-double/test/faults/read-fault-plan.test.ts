import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { readFaultPlan } from '../../src/command/read-fault-plan';
import { FAULT_KINDS } from '../../src/faults/faults';

test.each([
  ['SlowDown=0.05', { seed: 1, rules: [{ kind: 'SlowDown', probability: 0.05 }] }],
  [
    'SlowDown=5%, KeySlowDown=1',
    {
      seed: 1,
      rules: [
        { kind: 'SlowDown', probability: 0.05 },
        { kind: 'KeySlowDown', probability: 1 },
      ],
    },
  ],
  [
    'ErrorIn200:CopyObject=2%,seed=7',
    { seed: 7, rules: [{ kind: 'ErrorIn200', probability: 0.02, operations: ['CopyObject'] }] },
  ],
  ['Latency=1', { seed: 1, rules: [{ kind: 'Latency', probability: 1, ms: 200 }] }],
  [' {"seed":3,"rules":[]}', { seed: 3, rules: [] }],
])('%s', (text, plan) => {
  expect(readFaultPlan(text)).toEqual(plan);
});

test.each([
  ['', "--faults has '', but must have KIND=PROBABILITY"],
  ['SlowDown', "--faults has 'SlowDown', but must have KIND=PROBABILITY"],
  ['SlowDown=1.2.3', "--faults has 'SlowDown=1.2.3'"],
  ['SlowDown=101%', "has the probability '1.01'"],
  ['Slowdown=1', "has the kind 'Slowdown', but must have one of SlowDown"],
  ['toString=1', "has the kind 'toString'"],
  ['SlowDown:CopyObjects=1', "has the operation 'CopyObjects'"],
  ['{"seed":1,"rule":[]}', "--faults has the field 'rule', but must have only seed, rules"],
  [
    '{"seed":1,"rules":[{"kind":"SlowDown","probability":1,"operation":"CopyObject"}]}',
    "--faults has the field 'operation', but must have only kind, probability, operations",
  ],
  ['{"seed":1}', "must have a number 'seed' and a list 'rules'"],
])('%j is refused in one line', (text, message) => {
  expect(() => readFaultPlan(text)).toThrow(message);
  expect(() => readFaultPlan(text)).toThrow(/^.*$/);
});

test('the README describes every kind', () => {
  const readme = readFileSync(path.resolve(__dirname, '../../README.md'), 'utf8');
  expect(Object.keys(FAULT_KINDS).filter((kind) => !readme.includes(`\`${kind}\``))).toEqual([]);
});
