import { awscdk, Component } from 'projen';

/** The commands that run an archiver without AWS. Plain scripts: projen's banner would stand in their output. */
export class SandboxCommands extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    const bundle = 'npx projen bundle >/dev/null';
    project.package.setScript('sandbox', 'tsx sandbox/cli.ts');
    project.package.setScript('sandbox:s3', 'tsx sandbox/s3/cli.ts');
    project.package.setScript('demo', `${bundle} && tsx --tsconfig tsconfig.dev.json examples/demo.ts`);
  }
}
