import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import {
  listArtifacts,
  formatChecksums,
  getVersionedFiles,
} from '../../../scripts/release/artifacts';
import {
  changelogProblems,
  changelogSection,
  versionProblems,
} from '../../../scripts/release/checks';
import { nextVersion } from '../../../scripts/release/next-version';

const CHANGELOG =
  '# Changelog\n\nWords.\n\n## Unreleased\n\nA prop.\n\n## 0.2.0 (2026-12-01)\n\nAnother.\n\n## ' +
  '0.1.0\n';

test.each([
  ['Unreleased', 'A prop.'],
  ['0.2.0', 'Another.'],
  ['0.1.0', ''],
  ['0.3.0', undefined],
])('the section of %s', (heading, text) => expect(changelogSection(CHANGELOG, heading)).toBe(text));

test.each([
  ['what is unreleased stands first', CHANGELOG, '0.3.0', []],
  ['the version stands first', CHANGELOG.replace('Unreleased', '0.3.0'), '0.3.0', []],
  [
    'another version stands first',
    CHANGELOG.replace('Unreleased', '0.2.1'),
    '0.3.0',
    [
      'CHANGELOG.md begins with 0.2.1; it must begin with 0.3.0 or Unreleased: add what a user ' +
        'notices',
    ],
  ],
  [
    'it says nothing',
    CHANGELOG.replace('A prop.', ''),
    '0.3.0',
    ['CHANGELOG.md says nothing below Unreleased: add what a user notices'],
  ],
  [
    'it has no section',
    '# Changelog\n',
    '0.3.0',
    [
      'CHANGELOG.md begins with no section; it must begin with 0.3.0 or Unreleased: add what a ' +
        'user notices',
    ],
  ],
])('changelog: %s', (_, text, version, problems) =>
  expect(changelogProblems(text, version)).toEqual(problems),
);

test('our changelog begins with what is unreleased, or with the last release', () => {
  const text = readFileSync(path.resolve(__dirname, '../../../CHANGELOG.md'), 'utf8');
  const first = /^## (\S+)/m.exec(text)![1];
  expect(changelogProblems(text, first)).toEqual([]);
});

test.each([
  ['0.3.0', []],
  ['1.0.0-rc.2', []],
  [
    '0.0.0',
    [
      'the version is 0.0.0, the one of a working copy: commit something that is released ' +
        '(feat, fix)',
    ],
  ],
  ['1.0', ['1.0 is no version for all registries; 1.2.3 or 1.2.3-rc.4 is']],
  ['1.0.0+build', ['1.0.0+build is no version for all registries; 1.2.3 or 1.2.3-rc.4 is']],
])('version %s', (version, problems) => expect(versionProblems(version, [])).toEqual(problems));

test.each([
  ['0.0.0', 'none', '0.1.0'],
  ['0.3.1', 'major', 'minor'],
  ['0.3.1', 'minor', ''],
  ['1.3.1', 'major', ''],
])('after %s, with commits that ask for %s, comes %s', (version, suggested, next) =>
  expect(nextVersion(version, suggested)).toBe(next),
);

test('an artifact of another version is told', () => {
  expect(versionProblems('0.3.0', ['js/a-0.3.0.tgz', 'python/a-0.2.0.whl'])).toEqual([
    'python/a-0.2.0.whl does not carry the version 0.3.0',
  ]);
});

test('checksums are those of sha256sum, of every file; sources carry no version in their names', () => {
  const dist = mkdtempSync(path.join(tmpdir(), 'dist-'));
  mkdirSync(path.join(dist, 'go/a'), { recursive: true });
  mkdirSync(path.join(dist, 'js'));
  writeFileSync(path.join(dist, 'js/a-0.3.0.tgz'), 'abc');
  writeFileSync(path.join(dist, 'go/a/a.go'), '');
  const list = listArtifacts(dist);
  expect(formatChecksums(list)).toBe(
    [
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  go/a/a.go',
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  js/a-0.3.0.tgz',
      '',
    ].join('\n'),
  );
  expect(getVersionedFiles(list)).toEqual(['js/a-0.3.0.tgz']);
  rmSync(dist, { recursive: true });
});
