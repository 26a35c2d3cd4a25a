import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Judge, Judged } from './judge';
import { installPackages, ROOT, tryProgram } from './programs';

/**
 * Applies CDK's own rules for the design and the documentation of constructs to the assembly that
 * jsii made of the package.
 */
export function awslint(folder: string): Judge {
  installPackages(folder, { awslint: '2.72.1' });
  const program = path.join(folder, 'node_modules/awslint/bin/awslint.js');
  return {
    name: 'awslint',
    violation: /^docs-public-apis: .*batchSize/,
    explained: [
      {
        rule: /^duration-prop-type$/,
        text: /@aws-cdk\/core/,
        why: 'it asks for the class as it was called in CDK 1',
      },
    ],
    // All apps use the same package, so it is judged only with the first app.
    judge: ([{ name, assembly }]) => {
      const own = path.join(assembly, 'package');
      const { output } = tryProgram('node', [program, '--no-compile'], {
        cwd: fs.existsSync(own) ? own : ROOT,
      });
      return [...output.matchAll(/^(?:error|warning): \[awslint:([\w-]+):(\S+)\] (.*)$/gm)].map(
        ([, rule, what, text]) => ({ app: name, rule, text: `${what} ${text}` }),
      );
    },
    spoil: (app) => undocumented(app),
  };
}

/** Returns an app whose package has an undocumented prop. */
function undocumented(app: Judged): Judged {
  const assembly = `${app.assembly}.undocumented`;
  const own = path.join(assembly, 'package');
  fs.mkdirSync(own, { recursive: true });
  fs.cpSync(path.join(ROOT, 'package.json'), path.join(own, 'package.json'));
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(own, 'node_modules'));
  const jsii = JSON.parse(fs.readFileSync(path.join(ROOT, '.jsii'), 'utf8')) as JsiiAssembly;
  delete jsii.types['cdk-s3-dated-archiver.S3DatedArchiverProps'].properties.find(
    ({ name }) => name === 'batchSize',
  )!.docs;
  fs.writeFileSync(path.join(own, '.jsii'), JSON.stringify(jsii));
  return { ...app, assembly };
}

interface JsiiAssembly {
  readonly types: Record<
    string,
    { readonly properties: { readonly name: string; docs?: unknown }[] }
  >;
}
