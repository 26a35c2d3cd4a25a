import type { Construct } from 'constructs';

/** Does something when the app is synthesized: what an app adds after the archiver is known only then. */
export function atSynth(scope: Construct, work: () => void): void {
  scope.node.addValidation({
    validate: () => {
      work();
      return [];
    },
  });
}
