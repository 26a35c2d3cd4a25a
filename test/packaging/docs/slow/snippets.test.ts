/** The code in README and pages compiles, and what stands first synthesizes. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';

jest.setTimeout(120_000);

const ROOT = path.resolve(__dirname, '../../../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const FIXTURE = read('rosetta/default.ts-fixture');
const PAGES = [
  'README.md',
  ...[
    'configuration',
    'costs',
    'faq',
    'filters',
    'how-it-works',
    'packing',
    'recipes',
    'regions',
    'runbook',
  ].map((name) => `docs/${name}.md`),
];

/** The folder is below the repository's root, so that snippets find the packages. */
let directory: string;
beforeAll(() => {
  mkdirSync(path.join(ROOT, '.demo'), { recursive: true });
  directory = mkdtempSync(path.join(ROOT, '.demo/readme-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function fences(
  language: string,
  text = PAGES.map(read).join('\n'),
): { info: string; code: string }[] {
  return [...text.matchAll(/^```(\w+) ?([^\n]*)\n(.*?)^```$/gms)]
    .filter(([, name]) => name === language)
    .map(([, , info, code]) => ({ info, code }));
}

describe('the code', () => {
  test('in TypeScript compiles', () => {
    const files = fences('ts').map(({ info, code }, at) => {
      const file = path.join(directory, `snippet${at}.ts`);
      writeFileSync(
        file,
        info.includes('nofixture') ? code : FIXTURE.replace('/// here', () => code),
      );
      return file;
    });
    expect(files.length).toBeGreaterThanOrEqual(12);
    const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), ts.sys.readFile);
    const { options } = ts.convertCompilerOptionsFromJson(
      {
        ...config.compilerOptions,
        noEmit: true,
        rootDir: '.',
        paths: { 'cdk-s3-dated-archiver': ['./src/index.ts'] },
        // The fixture declares more than a snippet uses.
        noUnusedLocals: false,
      },
      ROOT,
    );
    const program = ts.createProgram(files, options);
    // Only of the snippets: `tsc` checks the sources that they import.
    const diagnostics = files.flatMap((file) =>
      ts.getPreEmitDiagnostics(program, program.getSourceFile(file)),
    );
    expect(
      diagnostics.map(
        ({ file, messageText }) =>
          `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
      ),
    ).toEqual([]);
  });

  test('that stands first synthesizes as it is', () => {
    const file = path.join(directory, 'first.ts');
    writeFileSync(file, fences('ts')[0].code);
    const outdir = path.join(directory, 'cdk.out');
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', file], {
      cwd: ROOT,
      env: {
        ...process.env,
        CDK_OUTDIR: outdir,
        TSX_TSCONFIG_PATH: path.join(ROOT, 'tsconfig.dev.json'),
      },
      encoding: 'utf8',
    });
    expect([status, existsSync(path.join(outdir, 'manifest.json')), stderr]).toEqual([
      0,
      true,
      expect.anything(),
    ]);
  });
});
