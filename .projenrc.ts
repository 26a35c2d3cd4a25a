import { awscdk, javascript, release, typescript } from 'projen';
import {
  COMMAND,
  CommandPackage,
  Editor,
  ENGINE,
  Handlers,
  Hygiene,
  Lint,
  Packaging,
  Publishing,
  ReleaseSafety,
  S3_DOUBLE,
  SANDBOX,
  SandboxCommands,
  SandboxPackage,
  Site,
  Tests,
  VerifyWorkflow,
  Workspaces,
} from './projenrc';

/** Of publib, which uploads to every registry. */
const PUBLISHER_VERSION = '0.2.1061';
/** The generator of the site. */
const VITEPRESS_VERSION = '1.6.4';

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-s3-dated-archiver',
  description:
    'AWS CDK construct that moves S3 objects with a date in their name into a date-partitioned ' +
    'archive, every night, by the million, and never loses or overwrites one: for Athena, Hive, ' +
    'Glacier, backup and cleanup.',
  author: 'cdk-s3-dated-archiver maintainers',
  authorAddress: 'https://github.com/cdk-s3-dated-archiver',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver.git',
  keywords: [
    'awscdk',
    's3',
    'archive',
    'archiver',
    'move',
    'date',
    'partition',
    'athena',
    'hive',
    'glacier',
    'lifecycle',
    'backup',
    'cleanup',
    'restore',
    'data-lake',
    'step-functions',
    'distributed-map',
  ],
  license: 'Apache-2.0',
  copyrightOwner: 'cdk-s3-dated-archiver maintainers',
  stability: 'experimental',
  defaultReleaseBranch: 'main',
  packageManager: javascript.NodePackageManager.NPM,
  // The first with zlib.crc32. scripts/check-node.cjs has more of it.
  minNodeVersion: '20.15.0',

  // The floor that consumers may have. Development stands on a newer version, set below.
  cdkVersion: '2.223.0',
  constructsVersion: '10.0.5',
  jsiiVersion: '~5.9.0',
  peerDependencyOptions: { pinnedDevDependency: false },
  npmTrustedPublishing: true,
  publishToPypi: {
    distName: 'cdk-s3-dated-archiver',
    module: 'cdk_s3_dated_archiver',
    trustedPublishing: true,
  },
  publishToMaven: {
    mavenGroupId: 'io.github.cdk-s3-dated-archiver',
    mavenArtifactId: 'cdk-s3-dated-archiver',
    javaPackage: 'io.github.cdks3datedarchiver',
  },
  publishToNuget: {
    packageId: 'CdkS3DatedArchiver',
    dotNetNamespace: 'CdkS3DatedArchiver',
    trustedPublishing: true,
  },
  // Go modules are published as a repository. A deploy key opens that one and nothing else.
  publishToGo: {
    moduleName: 'github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver-go',
    packageName: 'cdks3datedarchiver',
    githubUseSsh: true,
  },

  // A person starts a release, and the environment asks for a second one. VERSIONS.md says what a
  // version means.
  releaseTrigger: release.ReleaseTrigger.workflowDispatch(),
  releaseEnvironment: 'release',
  nextVersionCommand: 'tsx scripts/release/next-version.ts',
  // The last that runs on Node.js 20.
  bumpPackage: 'commit-and-tag-version@^12',
  jsiiReleaseVersion: PUBLISHER_VERSION,
  // Trusted publishing needs npm 11.5, which comes with it.
  workflowNodeVersion: '24',
  buildWorkflowOptions: { mutableBuild: false },

  projenrcTs: true,
  projenrcTsOptions: {
    runner: typescript.TypeScriptRunner.tsx({ tsconfig: 'projenrc/tsconfig.json' }),
  },
  tsconfigDevFile: 'tsconfig.dev.json',
  sampleCode: false,
  lambdaAutoDiscover: false,
  integrationTestAutoDiscover: false,
  // A week, in which a bad release of others is found out.
  depsUpgradeOptions: {
    cooldown: 7,
    workflowOptions: { schedule: javascript.UpgradeDependenciesSchedule.MONTHLY },
  },
  pullRequestTemplate: false,

  prettier: true,
  prettierOptions: {
    settings: {
      printWidth: 100,
      singleQuote: true,
      // The white space of HTML and CSS in templates is part of the page.
      embeddedLanguageFormatting: javascript.EmbeddedLanguageFormatting.OFF,
    },
  },
  eslintOptions: {
    dirs: ['src', 'packages', 'site'],
    devdirs: ['test', 'examples', 'projenrc', 'scripts', 'packages', 'assurance', 'benchmark'],
    tsconfigPath: './tsconfig.dev.json',
  },
  jestOptions: {
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    passWithNoTests: false,
    junitReporting: false,
    jestVersion: '~30',
    jestConfig: {
      // Sources of a cloud assembly, and apps that tests lay down, are not modules of ours.
      modulePathIgnorePatterns: [
        '<rootDir>/cdk.out',
        '<rootDir>/dist',
        '<rootDir>/lib/',
        '<rootDir>/site/.build',
      ],
      globalSetup: '<rootDir>/test/helpers/jest-setup/setup.ts',
      globalTeardown: '<rootDir>/test/helpers/jest-setup/teardown.ts',
      testSequencer: '<rootDir>/test/helpers/jest-setup/sequencer.js',
      // Each file leaves 30 MB behind in its worker. In a heap of gigabytes, collecting garbage
      // takes as long as the tests.
      workerIdleMemoryLimit: '700MB',
      collectCoverage: false,
      // Generous: the tests start processes, and machines differ.
      testTimeout: 60_000,
    },
  },

  devDeps: [
    // The first whose validation works with cdk-nag 3.
    'aws-cdk-lib@2.258.0',
    'constructs@10.5.1',
    '@aws-lambda-powertools/logger',
    '@aws-lambda-powertools/metrics',
    '@microsoft/api-extractor',
    '@aws-cdk/integ-runner',
    '@aws-cdk/integ-tests-alpha@2.245.0-alpha.0',
    '@aws-sdk/checksums',
    '@aws-sdk/client-s3',
    '@aws-sdk/client-sfn',
    '@aws-sdk/client-sns',
    '@aws-sdk/client-sqs',
    '@aws-sdk/client-sts',
    // The last for the Node that the repository supports.
    '@stryker-mutator/core@^9',
    '@stryker-mutator/jest-runner@^9',
    // Runs the saved queries of the ledger table on real ledgers.
    '@duckdb/node-api',
    '@types/aws-lambda',
    '7zip-bin',
    'ajv',
    'asl-validator',
    'aws-sdk-client-mock',
    'aws-sdk-client-mock-jest',
    'cdk-nag@^3.0.2',
    // The last for the Node that the repository supports.
    'concurrently@^9',
    'csv-parse',
    'fast-check',
    'github-markdown-css',
    'markdown-it',
    '@types/markdown-it',
    // The matcher for keys is compared with it.
    'minimatch@^11.0.9',
    // The last for the Node that the repository supports.
    'puppeteer-core@^24',
    'temporal-polyfill',
    'tsx',
    // Version 8 needs Node.js 22, and the tests run on Node.js 20 too.
    'undici@^7.30.2',
    'valibot',
    'yaml',
  ],
});

const handlers = [
  'plan-run',
  'list-objects',
  'archive-batch',
  'verify-batch',
  'restore-batch',
  'report-run',
  'explain-failure',
];
new Handlers(project, handlers);
new Packaging(project, handlers);
new Workspaces(project, [S3_DOUBLE, ENGINE, SANDBOX, COMMAND]);
new SandboxCommands(project);
new SandboxPackage(project, PUBLISHER_VERSION);
new CommandPackage(project);
new Publishing(project, PUBLISHER_VERSION);
new ReleaseSafety(project);
new Hygiene(project);
new Site(project, VITEPRESS_VERSION);
new Tests(project);
new VerifyWorkflow(project);
new Lint(project);
new Editor(project);

project.synth();
