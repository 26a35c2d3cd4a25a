import type { Use } from '../../src/iam/access';
import type { Rule, RuleSet } from '../../src/iam/rules';
import type { Sandbox } from '../../src/internal';

/** One action on one resource that a policy of the template allows. */
export interface Grant {
  /**
   * The role, the action and the resource, named by its purpose for the archiver. Example:
   * `ArchiveBatch s3:GetObject source/in/*`.
   */
  readonly name: string;
  readonly rule: Rule;
  readonly rules: RuleSet;
}

/**
 * Returns everything that the roles of an archiver may do. This includes the schedule's trust
 * policy and the permission of the rule's target.
 */
export function grantsOf(sandbox: Sandbox): Grant[] {
  const { roles, resources } = sandbox.access.policies;
  const named = (who: string, rules: RuleSet) =>
    rules.all
      .filter(({ effect }) => effect === 'Allow')
      .map((rule) => ({
        name: `${who} ${rule.action} ${shorter(rule.resource, sandbox)}`,
        rule,
        rules,
      }));
  const ofRoles = [...roles.values()].flatMap(({ path, rules }) => named(whoIs(path), rules));
  const trust = [...roles.values()]
    .filter(({ path }) => /ScheduleRole\/Resource$/.test(path))
    .flatMap(({ path, trust: rules }) => named(`EventBridge Scheduler, ${whoIs(path)}:`, rules));
  const ofFunctions = [...resources]
    .filter(([arn]) => arn.includes(':function:'))
    .flatMap(([, rules]) => named('EventBridge', rules));
  return [...ofRoles, ...trust, ...ofFunctions];
}

/** Returns what the policies of resources in other accounts allow each role. */
export function foreignGrantsOf(sandbox: Sandbox): Grant[] {
  const { roles, resources } = sandbox.access.policies;
  return [...resources.values()].flatMap((rules) =>
    rules.all.flatMap((rule) => {
      const role = rule.conditions.find(({ key }) => key === 'aws:principalarn')?.values[0];
      return role === undefined
        ? []
        : [
            {
              name:
                `the other account allows ${whoIs(roles.get(role)!.path)} ${rule.action} ` +
                `${shorter(rule.resource, sandbox)}`,
              rule,
              rules,
            },
          ];
    }),
  );
}

/** Returns true if a request was allowed by this rule and, on its side, by no other. */
export function isDecisive(rule: Rule, { identity, resource, needsBoth }: Use): boolean {
  const sides = needsBoth ? [identity, resource] : [[...identity, ...resource]];
  return sides.some((allowing) => allowing.length === 1 && allowing[0] === rule);
}

/**
 * Returns the name of a role by its path: `Stack/Archiver/PlanRun/Role/Resource`,
 * `Stack/Archiver/ScheduleRole/Resource`. The role of a schedule that verifies is `Verifications`.
 */
function whoIs(path: string): string {
  return path.split('/')[2]!.replace(/Role$/, '');
}

/** Removes the names and hashes that CloudFormation generates. */
function shorter(resource: string, sandbox: Sandbox): string {
  const buckets = {
    source: sandbox.sourceBucket,
    destination: sandbox.destinationBucket,
    reports: sandbox.reportBucket,
  };
  return Object.entries(buckets)
    .reduce((text, [role, name]) => text.replace(`arn:aws:s3:::${name}`, role), resource)
    .replace(/^arn:aws:\w+:[\w-]*:\d*:/, '')
    .replace(
      /^function:Stack-Archiver(PlanRun|ListObjects|ArchiveBatch|VerifyBatch|RestoreBatch|ReportRun|ExplainFailure)[\w-]+/,
      'function $1',
    )
    .replace(
      /^log-group:Stack-Archiver(PlanRun|ListObjects|ArchiveBatch|VerifyBatch|RestoreBatch|ReportRun|ExplainFailure)[\w-]+:\*/,
      'logs of $1',
    )
    .replace(/^Stack-ArchiverAlerts[\w-]+/, 'topic')
    .replace(/ArchiverStateMachine\w+-\w+/, 'MACHINE')
    .replace(/^key\/Stack-(Source|Destination|Reports)Key[\w-]+/, '$1Key')
    .replace(/^log-group:(\w+?)Logs:\*/, 'logs of $1');
}
