import { type awscdk, Component, javascript } from 'projen';
import { checked } from './sandbox-commands';

/**
 * Tests that `npm test` leaves to `npm run assurance`, by folder: they take long, and they find
 * what a change seldom breaks. The check that each mutant still fits the code takes a second and
 * stays.
 */
const SLOW_TESTS = ['/slow/', '/assurance/(?!mutation/)'];

/**
 * `npm test`, which a contributor waits for, and `npm run assurance`, which runs everything else.
 */
export class Tests extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    project.jest!.config.testMatch = ['test', 'packages/*/test', 'assurance', 'benchmark'].map(
      (folder) => `<rootDir>/${folder}/**/*.test.ts`,
    );
    // Types are checked in a step of their own.
    project.jest!.config.transform = {
      '^.+\\.ts$': new javascript.Transform(
        '<rootDir>/test/helpers/jest-setup/esbuild-transform.js',
      ),
    };
    project.deps.removeDependency('ts-jest');
    project.jest!.config.runtime = '<rootDir>/test/helpers/jest-setup/runtime.js';

    // A snapshot that updates itself cannot fail.
    project.tasks.removeTask('test:update');

    // An option with several values takes what follows it, so that another option has to end the
    // list.
    const fastTests = ['--testPathIgnorePatterns', '/node_modules/', ...SLOW_TESTS];
    // Short-lived objects die in a young generation that is large enough.
    const node = ['node', '--max-semi-space-size=64', 'node_modules/jest/bin/jest.js'];
    // One worker more than there are cores, since some tests wait for real time to pass. jest takes
    // no percentage above 100.
    const jest =
      `${shellCommand([...node, ...fastTests, '--ci'])} --maxWorkers=$(node -p ` +
      `'os.availableParallelism() + 1')`;
    project.testTask.reset();
    project.testTask.spawn(project.tasks.tryFind('bundle')!);
    // Side by side, since types and lint keep one core busy each. The output of each follows that
    // of the one before.
    project.testTask.execArgs(
      [
        'concurrently',
        '--group',
        '--raw',
        '--passthrough-arguments',
        `${jest} {@}`,
        'tsc --noEmit -p tsconfig.dev.json',
        'projen lint',
        '--',
      ],
      { receiveArgs: true },
    );
    project.tasks.tryFind('test:watch')!.reset();
    project.tasks
      .tryFind('test:watch')!
      .execArgs(['jest', ...fastTests, '--watch'], { receiveArgs: true });

    // Everything that can be checked without an account, a list with a summary. Each line has a
    // command of its own, too.
    project.package.setScript('assurance', checked('tsx assurance/main.ts'));
    // Breaks each safety property in turn and sees a test go red.
    project.package.setScript('mutants', 'stryker run assurance/mutation/stryker.json');
    // What a prop and an action take, and whether the compiler asks for it.
    project.package.setScript('probe', checked('tsx assurance/probe/main.ts'));
    // On the oldest and the newest CDK; what linters, compliance packs and an emulator say.
    project.package.setScript('versions', 'tsx test/packaging/versions/run.ts');
    project.package.setScript('compliance', 'tsx test/packaging/compliance/main.ts');
    project.package.setScript(
      'integ',
      "integ-runner --language typescript --test-regex '^integ\\.\\w+\\.ts$' --app 'tsx " +
        "--require ./test/aws/lower-schema.cjs {filePath}'",
    );
    // Snapshots hold templates; what the functions consist of is tested elsewhere, and changes with
    // every build.
    project.gitignore.addPatterns('/test/aws/*.snapshot/asset.*/', '/test/aws/cdk-integ.out.*/');
  }
}

function shellCommand(args: string[]): string {
  return args.map((arg) => (/^[\w./=%-]+$/.test(arg) ? arg : `'${arg}'`)).join(' ');
}
