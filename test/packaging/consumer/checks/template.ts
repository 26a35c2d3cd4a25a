/** The parts of a CloudFormation template that the checks read. */
export interface Template {
  readonly Resources: Record<string, Resource>;
  readonly Parameters?: Record<string, { readonly Default?: unknown }>;
  readonly Conditions?: Record<string, unknown>;
  readonly Outputs?: Record<string, { readonly Export?: { readonly Name: unknown } }>;
}

export interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly DependsOn?: string | string[];
}

export function resourcesOf(
  template: Template,
  ...types: string[]
): [id: string, resource: Resource][] {
  return Object.entries(template.Resources).filter(([, { Type }]) => types.includes(Type));
}

/** Defines how references are written. */
export interface Writing {
  readonly ref: (logicalId: string) => unknown;
  readonly attribute: (logicalId: string, attribute: string) => unknown;
}

/** Writes references by their names, such as `<Bucket.Arn>`. Policies are compared in this form. */
export const BY_NAME: Writing = {
  ref: (id) => `<${id}>`,
  attribute: (id, attribute) => `<${id}.${attribute}>`,
};

/**
 * Writes references as values of the type that CloudFormation would insert. Parameters have their
 * defaults.
 */
export function withValues(template: Template): Writing {
  const pseudo: Record<string, string> = {
    'AWS::Partition': 'aws',
    'AWS::Region': 'eu-central-1',
    'AWS::AccountId': '111122223333',
    'AWS::URLSuffix': 'amazonaws.com',
  };
  return {
    ref: (id) => pseudo[id] ?? template.Parameters?.[id]?.Default ?? id.toLowerCase(),
    attribute: (id, attribute) =>
      attribute === 'Arn'
        ? `arn:aws:lambda:eu-central-1:111122223333:function:${id}`
        : id.toLowerCase(),
  };
}

/** Returns a value of a template with its intrinsic functions evaluated. */
export function resolve(value: unknown, writing: Writing): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => resolve(item, writing));
  }
  if (value === null || typeof value !== 'object') {
    return value;
  }
  const entries = Object.entries(value);
  const [name, argument] = entries.length === 1 ? entries[0] : ['', undefined];
  const given = () => resolve(argument, writing) as unknown[];
  switch (name) {
    case 'Ref':
      return writing.ref(argument as string);
    case 'Fn::GetAtt':
      return writing.attribute(...attributePath(argument));
    case 'Fn::Join':
      return (given()[1] as unknown[]).join(given()[0] as string);
    case 'Fn::Sub':
      return substitute(argument, writing);
    case 'Fn::ImportValue':
      return `<import ${String(resolve(argument, writing))}>`;
    case 'Fn::Split':
      return String(given()[1]).split(given()[0] as string);
    case 'Fn::Select': {
      const [index, list] = given();
      // The value of a reference may have several parts, but the name that stands for it here has
      // only one.
      return (
        (list as unknown[])[Number(index)] ?? `${(list as unknown[]).join()}[${index as number}]`
      );
    }
    default:
      return Object.fromEntries(entries.map(([key, item]) => [key, resolve(item, writing)]));
  }
}

export function attributePath(argument: unknown): [id: string, attribute: string] {
  const [id, ...rest] = Array.isArray(argument)
    ? (argument as string[])
    : String(argument).split('.');
  return [id, rest.join('.')];
}

function substitute(argument: unknown, writing: Writing): string {
  const [text, variables] = Array.isArray(argument)
    ? (argument as [string, Record<string, unknown>])
    : [argument as string, {}];
  return text
    .replace(/\$\{([^!}]+)\}/g, (_, name: string) =>
      String(
        name in variables
          ? resolve(variables[name], writing)
          : name.includes('.')
            ? writing.attribute(...attributePath(name))
            : writing.ref(name),
      ),
    )
    .replace(/\$\{!/g, '${');
}
