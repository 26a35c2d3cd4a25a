import { type awscdk, Component } from 'projen';

/**
 * The commands that run an archiver without AWS. Plain scripts: projen's banner would stand in
 * their output.
 */
export class SandboxCommands extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    // npm passes a signal on to its shell and no further: with `exec` that is the command itself.
    project.package.setScript('sandbox', 'exec node --import tsx packages/sandbox/src/cli.ts');
    project.package.setScript('sandbox:s3', 'exec node --import tsx packages/s3-double/src/cli.ts');
    // Random whole runs under faults, another writer and kills; every order of the calls of two
    // movers.
    project.package.setScript('soak', 'tsx assurance/soak/run.ts');
    project.package.setScript('interleavings', 'tsx assurance/model-checking/run.ts');
    // What S3 servers, ours and others, do as S3's documentation says.
    project.package.setScript('conformance', 'tsx packages/s3-double/test/conformance/main.ts');
    project.package.setScript('bench', 'tsx benchmark/run.ts');
    // Against a real account. One process, so that a Ctrl-C reaches it and nothing in between ends
    // it.
    project.package.setScript('verify:aws', 'node --import tsx test/aws/verify/main.ts');
    project.package.setScript('demo', 'tsx --tsconfig tsconfig.dev.json examples/demo.ts');
  }
}
