import { type awscdk, Component } from 'projen';

/**
 * The published package: a tarball with only the modules that a user's app loads, the bundles and
 * the documents; and the licenses and the bill of materials of the bundles.
 * `scripts/release/tarball.ts` checks the tarball.
 */
export class Packaging extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary, handlers: string[]) {
    super(project);
    // An allowlist, so that no file gets in unnoticed. It takes precedence over .npmignore, which
    // jsii's tools require.
    project.package.addField('files', [
      '/.jsii',
      '/.jsii.tabl.json',
      '/API.md',
      '/CHANGELOG.md',
      '/NOTICE',
      '/THIRD_PARTY_LICENSES',
      '/sbom.cdx.json',
      // A program for people, which docs/packing.md describes.
      '/tools/erase_packed_object.py',
      // Only what the construct loads: not the payloads, which need packages that the bundles have.
      '/lib/*.js',
      '/lib/*.d.ts',
      '/lib/construct/**/*.js',
      '/lib/{features,actions}/*/{construct,contract}/*.js',
      '/lib/contract/*.js',
      '/lib/contract/checks/*.js',
      '/lib/contract/published/*.js',
      // Only the functions tell notes.
      '!/lib/contract/notes.js',
      // The types that the declarations of the public classes name.
      '/lib/dates/settings.d.ts',
      '/lib/features/glacier/contract/check-glacier-sources.d.ts',
      '/lib/features/packing/contract/check-packing.d.ts',
      ...[
        'calendar',
        'check-reports',
        'date-format',
        'date-window',
        'key-dates',
        'read-dates',
        'suggest-format',
        'suggest-time-zone',
        'unreadable-dates',
      ].map((name) => `/lib/dates/${name}.js`),
      ...handlers.flatMap((name) => [
        `/assets/lambda/${name}/${name}.lambda/index.js`,
        `/assets/lambda/${name}/${name}.lambda/index.js.map`,
      ]),
    ]);

    // jsii-docgen sorts props alphabetically. API.md has them by topic, in the order of the source.
    project.tasks.tryFind('docgen')!.exec('tsx scripts/docs/order-api.ts');

    // In the parent task, because the bundle tasks are also run one by one.
    project.addDevDeps('spdx-license-list');
    project.tasks.tryFind('bundle')!.exec('tsx scripts/release/third-party.ts');
    for (const file of ['THIRD_PARTY_LICENSES', 'sbom.cdx.json']) {
      project.annotateGenerated(`/${file}`);
    }

    // Packaging for other languages needs their tools, so it runs only on request: `npx projen
    // package:java` and so on, or `npm run release:dry-run`.
    project.packageTask.reset();
    project.packageTask.spawn(project.tasks.tryFind('package:js')!);

    project.tsconfigDev.addInclude('scripts/**/*.ts');
    project.gitignore.exclude('/examples/java/*/target/');
  }
}
