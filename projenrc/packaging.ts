import { type awscdk, Component } from 'projen';

/**
 * What is handed out: a tarball that holds what a user's app loads, the bundles and papers, and nothing else;
 * the licences and the bill of materials of the bundles. `scripts/release/tarball.ts` holds the tarball against the rule.
 */
export class Packaging extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary, handlers: string[]) {
    super(project);
    // A list of what goes in, not of what stays out: nothing slips in unnoticed. It overrules .npmignore, which jsii's tools want.
    project.package.addField('files', [
      '/.jsii', '/.jsii.tabl.json', '/API.md', '/CHANGELOG.md', '/NOTICE', '/THIRD_PARTY_LICENSES', '/sbom.cdx.json',
      // Of src/lambda and src/contract what the construct loads.
      '/lib/*.js', '/lib/*.d.ts', '/lib/construct/**/*.js',
      ...['batches', 'check-prefix', 'errors', 'logs', 'memory', 'metrics', 'settings'].map((name) => `/lib/contract/${name}.js`), '/lib/contract/settings.d.ts',
      ...['calendar', 'date-format', 'date-window'].map((name) => `/lib/dates/${name}.js`),
      ...handlers.flatMap((name) => [`/assets/lambda/${name}/${name}.lambda/index.js`, `/assets/lambda/${name}/${name}.lambda/index.js.map`]),
    ]);

    // Apart from the bundle tasks, which are also run one by one.
    project.addDevDeps('spdx-license-list');
    project.tasks.tryFind('bundle')!.exec('tsx scripts/release/third-party.ts');
    for (const file of ['THIRD_PARTY_LICENSES', 'sbom.cdx.json']) { project.annotateGenerated(`/${file}`); }

    // Other languages' tools are wanted by who packages for them: `npx projen package:java` and so on, and `npm run release:dry-run`.
    project.packageTask.reset();
    project.packageTask.spawn(project.tasks.tryFind('package:js')!);

    project.tsconfigDev.addInclude('scripts/**/*.ts');
    project.gitignore.exclude('/examples/java/*/target/');
  }
}
