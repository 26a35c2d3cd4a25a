import type { Resource, Template } from './setting';
import { resolve, type Writing } from '../consumer/checks/template';

const PSEUDO_PARAMETERS: Record<string, string> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': '123456789012',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackId':
    'arn:aws:cloudformation:us-east-1:123456789012:stack/Stack/d0a825a0-e4cd-4e0c-b9fb-061c69e99204',
};

const BESIDE = 'us-east-1:123456789012';

/** ARNs in the form that AWS would give them, by resource type. */
const ARNS: Record<string, (name: string) => string> = {
  'AWS::S3::Bucket': (name) => `arn:aws:s3:::${name}`,
  'AWS::SNS::Topic': (name) => `arn:aws:sns:${BESIDE}:${name}`,
  'AWS::SQS::Queue': (name) => `arn:aws:sqs:${BESIDE}:${name}`,
  'AWS::KMS::Key': () => `arn:aws:kms:${BESIDE}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
  'AWS::Lambda::Function': (name) => `arn:aws:lambda:${BESIDE}:function:${name}`,
  'AWS::Logs::LogGroup': (name) => `arn:aws:logs:${BESIDE}:log-group:${name}:*`,
  'AWS::StepFunctions::StateMachine': (name) => `arn:aws:states:${BESIDE}:stateMachine:${name}`,
  'AWS::IAM::Role': (name) => `arn:aws:iam::123456789012:role/${name}`,
};

/** The `Ref` of these types is an ARN. */
const REF_IS_ARN = ['AWS::SNS::Topic', 'AWS::StepFunctions::StateMachine'];

/** Writes references as they are after a deployment. */
function afterDeployment({ Resources }: Template): Writing {
  const arn = (id: string) => ARNS[Resources[id]?.Type]?.(id.toLowerCase()) ?? id.toLowerCase();
  return {
    ref: (id) =>
      PSEUDO_PARAMETERS[id] ??
      (REF_IS_ARN.includes(Resources[id]?.Type) ? arn(id) : id.toLowerCase()),
    attribute: (id, attribute) => (/Arn$/.test(attribute) ? arn(id) : id.toLowerCase()),
  };
}

/** Returns the parsed definition of a state machine. */
export function definitionOf(
  template: Template,
  { DefinitionString }: Resource['Properties'],
): object {
  return JSON.parse(String(resolve(DefinitionString, afterDeployment(template)))) as object;
}

/**
 * Returns the policies of roles as IAM would get them: those in a role, and those that are attached
 * to it.
 */
export function policiesOf(template: Template): { id: string; document: unknown }[] {
  return Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) => {
    const inline =
      Type === 'AWS::IAM::Role'
        ? ((Properties.Policies as { PolicyDocument: unknown }[] | undefined) ?? [])
        : [];
    const attached =
      Type === 'AWS::IAM::Policy' || Type === 'AWS::IAM::ManagedPolicy'
        ? [Properties.PolicyDocument]
        : [];
    return [...inline.map(({ PolicyDocument }) => PolicyDocument), ...attached].map((document) => ({
      id,
      document: resolve(document, afterDeployment(template)),
    }));
  });
}
