import { verdict } from '../../../scripts/release/audit';

const advisory = { title: 'Prototype pollution', url: 'https://github.com/advisories/GHSA-0000' };

test('what is in a bundle is found, with its reason; what only builds or tests is not', () => {
  const vulnerabilities = {
    '@smithy/core': { severity: 'high', range: '<3.50.0', via: [advisory] },
    '@aws-sdk/client-s3': { severity: 'high', range: '*', via: ['@smithy/core'] },
    jest: { severity: 'critical', range: '*', via: [advisory] },
  };
  expect(verdict({ vulnerabilities }, ['@aws-sdk/client-s3', '@smithy/core', 'valibot'])).toEqual({
    answered: true,
    found: [
      '@aws-sdk/client-s3 *: high, through @smithy/core',
      '@smithy/core <3.50.0: high, Prototype pollution (https://github.com/advisories/GHSA-0000)',
    ],
  });
});

test('nothing known is nothing found', () => {
  expect(verdict({ vulnerabilities: {} }, ['valibot'])).toEqual({ answered: true, found: [] });
});

test('a registry that does not answer has not said that all is well', () => {
  expect(verdict({ message: '405 Method Not Allowed', error: {} }, ['valibot'])).toEqual({
    answered: false,
    why: '405 Method Not Allowed',
  });
});
