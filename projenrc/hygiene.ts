import { type awscdk, Component, javascript } from 'projen';

/** Checks that can fail, a lock file without addresses. */
export class Hygiene extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    const npm = new javascript.NpmConfig(project);
    npm.addConfig('omit-lockfile-registry-resolved', 'true');
    // No package needs one, and npm 11 warns of each script that it leaves out.
    npm.addConfig('ignore-scripts', 'true');
    project.gitignore.exclude(
      '/cdk.out/',
      '/.demo/',
      '/.verify/',
      '/verify-report.*',
      '*.tsbuildinfo',
    );
    project.tsconfigDev.addInclude('.projenrc.ts');
    for (const built of ['lib', 'dist', 'cdk.out', '.demo']) {
      project.tsconfigDev.addExclude(built);
    }
    // ESLint's project service looks for the nearest tsconfig.json, which holds the library alone.
    const eslint = project.tryFindObjectFile('.eslintrc.json');
    eslint?.addDeletionOverride('parserOptions.projectService');
    eslint?.addOverride('parserOptions.project', './tsconfig.dev.json');
    for (const dir of ['packages', 'examples', 'projenrc', 'assurance', 'benchmark']) {
      project.tsconfigDev.addInclude(`${dir}/**/*.ts`);
    }
    // Examples import the package by its name, as users do; workspaces are found in node_modules.
    project.tsconfigDev.file.addOverride('compilerOptions.paths', {
      'cdk-s3-dated-archiver': ['./src/index.ts'],
    });

    // A new warning is an error. JSII6 wants the peers' oldest versions for development:
    // `test/packaging/versions` tests on them, and on newer ones.
    project.compileTask.reset('jsii --fail-on-warnings --silence-warnings=JSII6');

    // The README's examples compile, as Construct Hub will want them.
    project.postCompileTask.exec('jsii-rosetta extract --compile --strict', {
      env: { JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' },
    });
    project.gitignore.exclude('.jsii.tabl.json');
  }
}
