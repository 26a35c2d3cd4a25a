/** What the roles of an archiver may do, and which services may use its resources. */
import type { Template } from 'aws-cdk-lib/assertions';
import { resolve } from '../../../helpers/synth';

/** One action of one role on one kind of resource. */
export interface Grant {
  readonly role: string;
  readonly action: string;
  readonly on: string;
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: unknown;
}

interface Document {
  readonly Statement: readonly Statement[];
}

/** What a resource is called on the page, by the text of its ARN. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^<Source/, '`bucket`'],
  [/^<Archive[0-9A-F]{8}\./, '`destinationBucket`'],
  [/^<ArchiverReports/, '`reportBucket`'],
  [/^<Key/, 'the keys'],
  [/^<ArchiverAlerts|^<Chat/, 'the topics'],
  [/DeadLetters/, 'the dead letters'],
  [/Function/, 'its functions'],
  [/Logs/, 'its log groups'],
  [/event-bus/, 'the default event bus'],
  [/:(execution|mapRun):/, 'its executions'],
  [/StateMachine/, 'its state machine'],
  [/^\*$/, '`*`'],
];

function toKind(resource: string): string {
  const kind = KINDS.find(([pattern]) => pattern.test(resource))?.[1];
  if (!kind) {
    throw new Error(`${resource} has no name on the page: add one to KINDS`);
  }
  return kind;
}

const list = <T>(value: T | readonly T[]): readonly T[] =>
  Array.isArray(value) ? (value as readonly T[]) : [value as T];

export const unique = <T>(values: readonly T[]): T[] => [...new Set(values)].sort();

const toRole = (id: string) => id.replace(/^Archiver(Verifications\w*?)?|Role[0-9A-F]{8}$/g, '');

/** Every action that a role of the archiver is allowed. */
export function grantsOf(templates: readonly Template[]): Grant[] {
  return templates.flatMap((template) =>
    policiesOf(template).flatMap(({ roles, document }) =>
      (resolve(template, document) as Document).Statement.filter(
        ({ Effect }) => Effect === 'Allow',
      ).flatMap(({ Action, Resource }) =>
        roles.flatMap((role) =>
          list(Action).flatMap((action) =>
            list(Resource!).map((resource) => ({
              role: toRole(role),
              action,
              on: toKind(resource),
            })),
          ),
        ),
      ),
    ),
  );
}

interface RolePolicy {
  readonly roles: readonly string[];
  readonly document: unknown;
}

/** The policies of the archiver's roles, inside of them and attached to them. */
export function policiesOf(template: Template): RolePolicy[] {
  const inside = Object.entries(template.findResources('AWS::IAM::Role')).flatMap(
    ([id, { Properties }]) =>
      ((Properties.Policies ?? []) as { PolicyDocument: unknown }[]).map(({ PolicyDocument }) => ({
        roles: [id],
        document: PolicyDocument,
      })),
  );
  const attached = Object.values(template.findResources('AWS::IAM::Policy')).map(
    ({ Properties }) => ({
      roles: (Properties.Roles as { Ref: string }[]).map(({ Ref }) => Ref),
      document: Properties.PolicyDocument as unknown,
    }),
  );
  return [...inside, ...attached].map(({ roles, document }) => ({
    roles: roles.filter((id) => id.startsWith('Archiver')),
    document,
  }));
}

/** A service of AWS that a policy of a resource of the archiver allows something. */
export interface ServiceGrant {
  readonly service: string;
  readonly action: string;
  readonly resource: string;
}

/** The types of resources whose policies name services. */
const WITH_POLICIES: Readonly<Record<string, string>> = {
  'AWS::SNS::TopicPolicy': 'the topic of alerts',
  'AWS::SQS::QueuePolicy': 'the dead letters',
  'AWS::S3::BucketPolicy': 'the report bucket',
};

export function serviceGrantsOf(templates: readonly Template[]): ServiceGrant[] {
  return templates.flatMap((template) => [
    ...Object.entries(WITH_POLICIES).flatMap(([type, resource]) =>
      Object.entries(template.findResources(type))
        .filter(([id]) => id.startsWith('Archiver'))
        .flatMap(([, { Properties }]) => (Properties.PolicyDocument as Document).Statement)
        .filter(({ Effect }) => Effect === 'Allow')
        .flatMap(({ Action, Principal }) =>
          servicesIn(Principal).flatMap((service) =>
            list(Action).map((action) => ({ service, action, resource })),
          ),
        ),
    ),
    ...Object.values(template.findResources('AWS::Lambda::Permission')).map(({ Properties }) => ({
      service: String(Properties.Principal),
      action: String(Properties.Action),
      resource: 'ExplainFailure',
    })),
  ]);
}

function servicesIn(principal: unknown): readonly string[] {
  const service = (principal as { Service?: string | readonly string[] } | undefined)?.Service;
  return service === undefined ? [] : list(service);
}
