import { type awscdk, Component, javascript } from 'projen';
import { RUNTIME } from '../src/construct/functions/runtime';

/**
 * The Lambda handlers: `src/lambda/NAME/NAME.lambda.ts` is bundled into
 * `assets/lambda/NAME/NAME.lambda`.
 *
 * The runtime is pinned and the SDK bundled: projen's defaults take both from the
 * consumer's CDK and region, and an older SDK drops `IfNoneMatch` of CopyObject silently.
 */
export class Handlers extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary, names: string[]) {
    super(project);
    for (const name of names) {
      javascript.Bundler.of(project)!.addBundle(`src/lambda/${name}/${name}.lambda.ts`, {
        target: RUNTIME.replace(/^nodejs(\d+)\.x$/, 'node$1'),
        platform: 'node',
        externals: [],
        sourcemap: true,
        minify: true,
        // ESM builds first: they can be tree-shaken, which halves the bundles.
        mainFields: ['module', 'main'],
        logLevel: javascript.BundleLogLevel.WARNING,
        esbuildArgs: {
          // Few packages mark their license in a comment: THIRD_PARTY_LICENSES has those of all,
          // out of the metafiles.
          '--legal-comments': 'none',
          '--metafile': `assets/${name}.meta.json`,
          // A stack trace needs names and lines. The sources would make the maps three times as
          // large.
          '--sources-content': 'false',
          // Before all other files, so that it explains each error that they throw.
          '--inject:src/lambda/runtime/source-maps.ts': true,
        },
        watchTask: false,
        tsconfigPath: project.tsconfigDev.fileName,
      });
    }
    // What only the bundles and the sandbox need are development dependencies: a jsii package has
    // no others.
    for (const sources of [
      'src/lambda/**',
      'src/{features,actions}/*/lambda/**',
      'src/contract/payloads/**',
    ]) {
      javascript.Eslint.of(project)?.allowDevDeps(sources);
    }
  }
}
