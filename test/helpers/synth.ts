import { App, type AppProps, Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { S3DatedArchiver, type S3DatedArchiverProps } from '../../src';

export interface Synth {
  readonly stack: Stack;
  readonly archiver: S3DatedArchiver;
  readonly template: Template;
}

export interface Where {
  readonly app?: AppProps;
  readonly stack?: StackProps;
}

type GivenProps = Partial<S3DatedArchiverProps> | ((stack: Stack) => Partial<S3DatedArchiverProps>);

/**
 * Creates an archiver with the id Archiver in a stack with the id Test. It has a new bucket unless
 * the props have one.
 */
export function build(props: GivenProps = {}, where: Where = {}): Omit<Synth, 'template'> {
  // A tenth of the time of a synthesis goes into tree.json, which no test reads.
  const stack = new Stack(new App({ treeMetadata: false, ...where.app }), 'Test', where.stack);
  const given = typeof props === 'function' ? props(stack) : props;
  const archiver = new S3DatedArchiver(stack, 'Archiver', {
    bucket: given.bucket ?? new s3.Bucket(stack, 'Source'),
    ...given,
  });
  return { stack, archiver };
}

/** Creates an archiver and synthesizes its stack. */
export function synth(props: GivenProps = {}, where: Where = {}): Synth {
  const built = build(props, where);
  return { ...built, template: Template.fromStack(built.stack) };
}

/* eslint-disable @typescript-eslint/no-explicit-any */

const PSEUDO_PARAMETERS: { [name: string]: string } = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-west-1',
  'AWS::AccountId': '111122223333',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackId':
    'arn:aws:cloudformation:eu-west-1:111122223333:stack/Test/d0a825a0-e4cd-xmpl-b9fb-061c69e99204',
};

/**
 * Resolves intrinsic functions. References become `<LogicalId>` or `<LogicalId.Attribute>`, and
 * parameters become their `given` value.
 */
export function resolve(
  template: Template,
  value: any,
  given: { [parameter: string]: number | string } = {},
): any {
  const again = (inner: any) => resolve(template, inner, given);
  if (Array.isArray(value)) {
    return value.map(again);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if ('Ref' in value) {
    return given[value.Ref] ?? PSEUDO_PARAMETERS[value.Ref] ?? `<${value.Ref}>`;
  }
  if ('Fn::GetAtt' in value) {
    return `<${value['Fn::GetAtt'].join('.')}>`;
  }
  if ('Fn::Join' in value) {
    return value['Fn::Join'][1].map(again).join(value['Fn::Join'][0]);
  }
  if ('Fn::Sub' in value) {
    const reference = (name: string) =>
      again(name.includes('.') ? { 'Fn::GetAtt': name.split('.') } : { Ref: name });
    return value['Fn::Sub'].replace(
      /\$\{(!?)([^}]+)\}/g,
      (_: string, literal: string, name: string) => (literal ? `\${${name}}` : reference(name)),
    );
  }
  if ('Fn::Split' in value) {
    return again(value['Fn::Split'][1]).split(value['Fn::Split'][0]);
  }
  if ('Fn::Select' in value) {
    return again(value['Fn::Select'][1])[value['Fn::Select'][0]];
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, again(inner)]));
}

/** Returns the only resource of a type whose logical id matches. */
export function only(
  template: Template,
  type: string,
  id: RegExp = /./,
): { id: string; properties: any; resource: any } {
  const found = Object.entries(template.findResources(type)).filter(([logicalId]) =>
    id.test(logicalId),
  );
  if (found.length !== 1) {
    throw new Error(`${found.length} resources of type ${type} match ${id}`);
  }
  return { id: found[0][0], resource: found[0][1], properties: found[0][1].Properties };
}

/** Returns the parsed definition of the state machine. */
export function definition(
  template: Template,
  given: { [parameter: string]: number | string } = {},
  id?: RegExp,
): any {
  return JSON.parse(
    resolve(
      template,
      only(template, 'AWS::StepFunctions::StateMachine', id).properties.DefinitionString,
      given,
    ),
  );
}

/**
 * Returns the errors that asl-validator finds in a definition, or an empty text. The package has no
 * types.
 */
export function faults(asl: object): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const validate: (definition: object) => { errorsText: () => string } = require('asl-validator');
  return validate(asl).errorsText();
}

/** Returns the states of a batch. */
export function batchStates(template: Template): any {
  return definition(template).States.ArchiveObjects.ItemProcessor.States;
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string[];
  readonly Resource: string[];
  readonly Condition?: any;
}

export type Who =
  | 'PlanRun'
  | 'ListObjects'
  | 'ArchiveBatch'
  | 'VerifyBatch'
  | 'ReportRun'
  | 'ExplainFailure'
  | 'StateMachine'
  | 'Schedule';

/** Returns the environment variables of one function. */
export function environment(
  template: Template,
  who: Who = 'ArchiveBatch',
  given: { [parameter: string]: number | string } = {},
): any {
  return resolve(
    template,
    only(template, 'AWS::Lambda::Function', new RegExp(`Archiver${who}Function`)).properties
      .Environment.Variables,
    given,
  );
}

/**
 * Returns all policy statements of one role: those in it, and those of policies that are attached
 * to it.
 */
export function statements(template: Template, who: Who): Statement[] {
  const role = only(template, 'AWS::IAM::Role', new RegExp(`Archiver${who}Role`));
  return policies(template)
    .filter(({ roles }) => roles.includes(role.id))
    .flatMap(({ statements: own }) => own);
}

interface Policy {
  /** The logical id of the resource that has it. */
  readonly id: string;
  readonly roles: readonly string[];
  readonly statements: readonly Statement[];
}

/**
 * Returns the policies of all roles. Actions are sorted, because CDK sorts those that it merges.
 */
export function policies(template: Template): Policy[] {
  const list = (value: any) => (Array.isArray(value) ? value : [value]);
  const toStatements = (document: any): Statement[] =>
    document.Statement.map((statement: any) => resolve(template, statement)).map(
      (statement: any) => ({
        ...statement,
        Action: list(statement.Action).sort(),
        Resource: list(statement.Resource),
      }),
    );
  const inline = Object.entries(template.findResources('AWS::IAM::Role')).flatMap(
    ([id, { Properties }]) =>
      (Properties.Policies ?? []).map((each: any) => ({
        id,
        roles: [id],
        statements: toStatements(each.PolicyDocument),
      })),
  );
  const attached = Object.entries(template.findResources('AWS::IAM::Policy')).map(
    ([id, { Properties }]) => ({
      id,
      roles: (Properties.Roles ?? []).map((each: any) => each.Ref),
      statements: toStatements(Properties.PolicyDocument),
    }),
  );
  return [...inline, ...attached];
}

/** Returns the actions that one role may perform on matching resources, sorted. */
export function actionsOn(template: Template, who: Who, resource: RegExp): string[] {
  const matching = statements(template, who).filter((statement) =>
    statement.Resource.some((each) => resource.test(each)),
  );
  return [...new Set(matching.flatMap((statement) => statement.Action))].sort();
}
