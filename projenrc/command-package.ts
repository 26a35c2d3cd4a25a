import { type awscdk, Component } from 'projen';

/**
 * The command for users, who have no clone: a package of its own, built into dist/command. A
 * release does not publish it yet.
 */
export class CommandPackage extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    // What its processes run, for a clone and for the tests.
    project.gitignore.addPatterns('/packages/command/assets/');
    project.tasks
      .tryFind('bundle')!
      .spawn(
        project.addTask('bundle:command', { exec: 'tsx scripts/packages/command-functions.ts' }),
      );
    project.packageTask.spawn(
      project.addTask('package:command', { exec: 'tsx scripts/packages/command.ts' }),
    );
  }
}
