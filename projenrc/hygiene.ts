import { type awscdk, Component, javascript } from 'projen';

/** Checks that can fail, a lock file without addresses. */
export class Hygiene extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    new javascript.NpmConfig(project).addConfig('omit-lockfile-registry-resolved', 'true');
    project.gitignore.exclude('/cdk.out/', '/.demo/', '/.verify/', '*.tsbuildinfo');
    project.tsconfigDev.addInclude('.projenrc.ts');
    for (const built of ['lib', 'dist', 'cdk.out', '.demo']) { project.tsconfigDev.addExclude(built); }
    // ESLint's project service looks for the nearest tsconfig.json, which holds the library alone.
    const eslint = project.tryFindObjectFile('.eslintrc.json');
    eslint?.addDeletionOverride('parserOptions.projectService');
    eslint?.addOverride('parserOptions.project', './tsconfig.dev.json');
    for (const dir of ['packages', 'examples', 'projenrc', 'assurance', 'benchmark']) {
      project.tsconfigDev.addInclude(`${dir}/**/*.ts`);
    }
    // Examples import the package by its name, as users do; workspaces are found in node_modules.
    project.tsconfigDev.file.addOverride('compilerOptions.paths', { 'cdk-s3-dated-archiver': ['./src/index.ts'] });

    // Breaks each safety property in turn and sees a test go red.
    project.package.setScript('mutants', 'tsx assurance/mutation/run.ts');
    // On the oldest and the newest CDK; what linters, compliance packs and an emulator say.
    project.package.setScript('versions', 'tsx test/packaging/versions/run.ts');
    project.package.setScript('judges', 'tsx test/packaging/compliance/main.ts');
    project.package.setScript('integ', 'integ-runner --language typescript --test-regex \'^integ\\.\\w+\\.ts$\' --app \'tsx {filePath}\'');
    // Snapshots hold templates; what the functions consist of is tested elsewhere, and changes with every build.
    project.gitignore.addPatterns('/test/aws/*.snapshot/asset.*/', '/test/aws/cdk-integ.out.*/');

    // A new warning is an error. JSII6 wants the peers' oldest versions for development: `test/packaging/versions` tests on them, and on newer ones.
    project.compileTask.reset('jsii --fail-on-warnings --silence-warnings=JSII6');

    // The README's examples compile, as Construct Hub will want them.
    project.postCompileTask.exec('jsii-rosetta extract --compile --strict', { env: { JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' } });
    project.gitignore.exclude('.jsii.tabl.json');

    // A snapshot that updates itself cannot fail.
    project.tasks.removeTask('test:update');
    project.tasks.removeTask('test:watch');

    // jest runs TypeScript without checking types; this step checks them, sandbox and tests included.
    project.testTask.prependExec('tsc --noEmit -p tsconfig.dev.json');
    project.testTask.prependSpawn(project.tasks.tryFind('bundle')!);
  }
}
