import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import * as ts from 'typescript';

const ROOT = path.resolve(__dirname, '../..');

/** Workspaces that are not published: their types are bundled, as their code is. */
const BUNDLED = ['s3-double', 'engine'].map((folder) => ({
  name: `cdk-s3-dated-archiver-${folder}`,
  entry: path.join(ROOT, `packages/${folder}/src/index.ts`),
}));

function pathsOfBundled(toPath: (entry: string) => string): Record<string, string[]> {
  return Object.fromEntries(BUNDLED.map(({ name, entry }) => [name, [toPath(entry)]]));
}

/**
 * Writes the types that `entry` exports, and those that they refer to, into one declaration file.
 */
export function rollUpTypes(entry: string, file: string): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'declarations-'));
  try {
    emitDeclarations(entry, folder);
    rollUp(toDeclaration(folder, entry), folder, file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function emitDeclarations(entry: string, folder: string): void {
  const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.dev.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, files: [entry], include: [] },
    ts.sys,
    ROOT,
  );
  const program = ts.createProgram([entry], {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    inlineSourceMap: false,
    inlineSources: false,
    outDir: folder,
    // Through its link in node_modules it would count as another package, and nothing would be
    // emitted.
    paths: pathsOfBundled((bundled) => bundled),
  });
  const { diagnostics, emitSkipped } = program.emit();
  if (emitSkipped) {
    throw new Error(
      ts.formatDiagnostics(diagnostics, {
        getCanonicalFileName: (name) => name,
        getCurrentDirectory: () => ROOT,
        getNewLine: () => '\n',
      }),
    );
  }
}

function toDeclaration(folder: string, source: string): string {
  return path.join(folder, path.relative(ROOT, source)).replace(/\.ts$/, '.d.ts');
}

function rollUp(entry: string, folder: string, file: string): void {
  writeFileSync(path.join(folder, 'package.json'), '{ "name": "types" }');
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: entry,
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2022',
            module: 'node16',
            moduleResolution: 'node16',
            skipLibCheck: true,
            typeRoots: [path.join(ROOT, 'node_modules/@types')],
            types: ['node'],
            paths: pathsOfBundled((bundled) => toDeclaration(folder, bundled)),
          },
          files: [entry],
        },
      },
      bundledPackages: BUNDLED.map(({ name }) => name),
      apiReport: { enabled: false, reportFileName: 'unused.api.md' },
      docModel: { enabled: false },
      tsdocMetadata: { enabled: false },
      dtsRollup: { enabled: true, untrimmedFilePath: file },
      newlineKind: 'lf',
      messages: { extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } } },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: path.join(folder, 'package.json'),
  });
  const { succeeded } = Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      message.handled = message.logLevel !== ExtractorLogLevel.Error;
    },
  });
  if (!succeeded) {
    throw new Error(`the types of ${entry} cannot be rolled up`);
  }
}
