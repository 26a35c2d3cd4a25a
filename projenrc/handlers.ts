import { awscdk, Component, javascript } from 'projen';

/**
 * The runtime of the functions, and the target of their bundles. Everything else follows from it. Lambda deprecates
 * Node.js 24 on 2028-04-30.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
const RUNTIME = awscdk.LambdaRuntime.NODEJS_24_X;

/**
 * The Lambda handlers: `src/lambda/NAME/NAME.lambda.ts` is bundled into `assets/lambda/NAME/NAME.lambda`, and a
 * construct for it is written to `src/construct/functions/NAME-function.ts`.
 *
 * The runtime is pinned and the SDK bundled: projen's defaults take both from the
 * consumer's CDK and region, and an older SDK drops `IfNoneMatch` of CopyObject silently.
 */
export class Handlers extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary, names: string[]) {
    super(project);
    for (const name of names) {
      // LambdaFunction's own type names only some of the options that it passes on.
      const bundlingOptions: Omit<javascript.AddBundleOptions, 'target' | 'platform'> = {
        externals: [],
        sourcemap: true,
        minify: true,
        // ESM builds first: they can be tree-shaken, which halves the bundles.
        mainFields: ['module', 'main'],
        logLevel: javascript.BundleLogLevel.WARNING,
        esbuildArgs: {
          // Few packages mark their license in a comment: THIRD_PARTY_LICENSES has those of all, out of the metafiles.
          '--legal-comments': 'none',
          '--metafile': `assets/${name}.meta.json`,
          // A stack trace needs names and lines. The sources would make the maps three times as large.
          '--sources-content': 'false',
        },
        watchTask: false,
      };
      new awscdk.LambdaFunction(project, {
        cdkDeps: project.cdkDeps,
        entrypoint: `src/lambda/${name}/${name}.lambda.ts`,
        constructFile: `src/construct/functions/${name}-function.ts`,
        runtime: RUNTIME,
        awsSdkConnectionReuse: false, // a switch of SDK v2
        bundlingOptions,
      });
    }
    // What only the bundles and the sandbox need are development dependencies: a jsii package has no others.
    for (const sources of ['src/lambda/**', 'src/contract/payloads/**']) {
      javascript.Eslint.of(project)?.allowDevDeps(sources);
    }
  }
}
