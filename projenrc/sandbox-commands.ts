import { type awscdk, Component } from 'projen';

/**
 * Returns the command, after a look at the version of Node.js. npm passes a signal on to its shell
 * and no further: with `exec` that is the command itself.
 */
export const checked = (command: string) => `node scripts/check-node.cjs && exec ${command}`;

/**
 * The commands that run an archiver without AWS. Plain scripts: projen's banner would stand in
 * their output.
 */
export class SandboxCommands extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    const setScript = (name: string, command: string) =>
      project.package.setScript(name, checked(command));
    setScript('sandbox', 'node --import tsx packages/sandbox/src/cli.ts');
    setScript('sandbox:s3', 'node --import tsx packages/s3-double/src/cli.ts');
    // The only one of these that asks AWS, with the caller's credentials: it lists.
    setScript('look', 'node --import tsx packages/command/src/cli.ts look');
    setScript('s3-dated-archiver', 'node --import tsx packages/command/src/cli.ts');
    // Random whole runs under faults, another writer and kills; every order of the calls of two
    // movers.
    setScript('soak', 'tsx assurance/soak/run.ts');
    setScript('interleavings', 'tsx assurance/model-checking/run.ts');
    // What S3 servers, ours and others, do as S3's documentation says.
    setScript('conformance', 'tsx packages/s3-double/test/conformance/main.ts');
    setScript('bench', 'tsx benchmark/run.ts');
    // Against a real account. One process, so that a Ctrl-C reaches it and nothing in between ends
    // it.
    setScript('verify:aws', 'node --import tsx test/aws/verify/main.ts');
    setScript('demo', 'tsx --tsconfig tsconfig.dev.json examples/demo.ts');
  }
}
