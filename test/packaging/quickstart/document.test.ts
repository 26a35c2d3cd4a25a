import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { readSteps, withBuiltPackages, withFigures } from './document';

const DOCS = path.resolve(__dirname, '../../../docs');
const START = readFileSync(path.join(DOCS, 'start.md'), 'utf8');
const FIGURES = readFileSync(path.join(DOCS, 'results/start.md'), 'utf8');

const DOCUMENT = `# Title

\`\`\`sh
outside
\`\`\`

## TypeScript

\`\`\`json cdk.json
{}
\`\`\`

\`\`\`sh
npm init
npx cdk synth
\`\`\`

\`\`\`text
done
\`\`\`

<!-- figures: TypeScript -->
old
<!-- end -->

## Python
`;

test('a section is files, commands and what they print', () => {
  expect(readSteps(DOCUMENT, 'TypeScript')).toEqual([
    { kind: 'file', name: 'cdk.json', content: '{}\n' },
    { kind: 'command', text: 'npm init' },
    { kind: 'command', text: 'npx cdk synth' },
    { kind: 'output', line: 'done' },
  ]);
  expect(readSteps(DOCUMENT, 'Python')).toEqual([]);
  expect(() => readSteps(DOCUMENT, 'Go')).toThrow("there is no section '## Go'");
  expect(() => readSteps('## Go\n```go\npackage main\n```\n', 'Go')).toThrow(
    'has a fence of go without a name',
  );
});

test('figures go where the document has a place for them, and nowhere else', () => {
  expect(withFigures(DOCUMENT, 'TypeScript', 'new')).toBe(DOCUMENT.replace('old', 'new'));
  expect(() => withFigures(DOCUMENT, 'Python', 'new')).toThrow('there is no place');
});

test('what was built takes the place of what would be installed, and of nothing else', () => {
  const built = { 'npm:archiver': '/dist/archiver.tgz', 'pip:archiver': '/dist/archiver.whl' };
  expect(withBuiltPackages('npm install constructs archiver', built)).toBe(
    'npm install constructs /dist/archiver.tgz',
  );
  expect(withBuiltPackages('pip install archiver', built)).toBe('pip install /dist/archiver.whl');
  expect(withBuiltPackages('npx archiver --app cdk.out', built)).toBe('npx archiver --app cdk.out');
});

test.each(['TypeScript', 'Python'])(
  'docs/start.md: %s installs, synthesizes, runs and measures',
  (language) => {
    const commands = readSteps(START, language).flatMap((step) =>
      step.kind === 'command' ? [step.text] : [],
    );
    for (const part of [
      /install .*\bcdk-s3-dated-archiver\b/,
      /\bcdk synth\b/,
      /cdk-s3-dated-archiver-sandbox --app cdk.out/,
    ]) {
      expect(commands).toContainEqual(expect.stringMatching(part));
    }
    // Each command has its row of figures.
    for (const command of commands) {
      expect(FIGURES).toMatch(`| \`${command}\` |`);
    }
  },
);
