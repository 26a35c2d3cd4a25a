import { type IResolvable, Lazy } from 'aws-cdk-lib';

interface Reference {
  readonly Ref?: string;
  readonly 'Fn::GetAtt'?: readonly [id: string, attribute: string];
  readonly 'Fn::Join'?: readonly [separator: string, parts: readonly unknown[]];
  readonly 'Fn::Select'?: readonly [
    index: number,
    list: { readonly 'Fn::Split'?: readonly [separator: string, text: Reference] },
  ];
}

/**
 * Writes texts with references as `Fn::Sub`, of one line each. CDK's nested functions were a sixth
 * of the template.
 */
export function shortenReferences(value: unknown): IResolvable {
  return Lazy.uncachedAny({ produce: ({ resolve }) => shorten(resolve(value)) });
}

function shorten(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(shorten);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const text = joinReferences(value);
  if (text !== undefined) {
    return { 'Fn::Sub': text };
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === 'Resource' ? sort(shorten(inner)) : shorten(inner),
    ]),
  );
}

/** Undefined: `Fn::Sub` cannot write the value, or would not make it shorter. */
function joinReferences(value: Reference): string | undefined {
  const { 'Fn::Join': join, 'Fn::GetAtt': attribute } = value;
  if (join?.[0] === '') {
    const parts = join[1].map(toSubText);
    return parts.every((part) => part !== undefined) ? parts.join('') : undefined;
  }
  return attribute && toSubText(value);
}

/**
 * The order in which CDK lists the resources of merged statements depends on its version, and a
 * template must not.
 */
function sort(value: unknown): unknown {
  return Array.isArray(value)
    ? value
        .map((each) => JSON.stringify(each))
        .sort()
        .map((text) => JSON.parse(text) as unknown)
    : value;
}

function toSubText(part: unknown): string | undefined {
  // A variable of IAM, such as `${*}`, is none of CloudFormation.
  if (typeof part === 'string') {
    return part.replace(/\$\{/g, '${!');
  }
  const { Ref: id, 'Fn::GetAtt': attribute, 'Fn::Select': select } = part as Reference;
  // CDK reads the name of a state machine from its ARN.
  const machine = select?.[0] === 6 ? select[1]['Fn::Split']?.[1].Ref : undefined;
  const name = machine ? `${machine}.Name` : (id ?? attribute?.join('.'));
  return name && `\${${name}}`;
}
