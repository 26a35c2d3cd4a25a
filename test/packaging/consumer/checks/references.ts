import { attributePath, type Template } from './template';

/**
 * Returns references to resources that the template does not have, and the placeholders that CDK
 * uses until a value is known.
 */
export function checkReferences(template: Template, exportsOfApp: Set<string>): string[] {
  const known = new Set([
    ...Object.keys(template.Resources),
    ...Object.keys(template.Parameters ?? {}),
  ]);
  const missing = [...referencesIn(template)]
    .filter((id) => !id.startsWith('AWS::') && !known.has(id))
    .map((id) => `refers to ${id}, which there is not`);
  const imports = [...importsIn(template)]
    .filter((name) => !exportsOfApp.has(name))
    .map((name) => `imports ${name}, which nothing exports`);
  return [...missing, ...imports];
}

/** An encoded token is a marker in a string, or a number near the most negative number. */
export function checkTokens(template: Template): string[] {
  const found = JSON.stringify(template).match(/[$#]\{Token\[[^\]]*\]\}?|-1\.888\d*e\+289/g) ?? [];
  return [...new Set(found)].map((token) => `holds the encoded token ${token}`);
}

export function exportsIn(template: Template): string[] {
  return Object.values(template.Outputs ?? {}).flatMap(({ Export }) =>
    Export ? [JSON.stringify(Export.Name)] : [],
  );
}

function* referencesIn(value: unknown): Generator<string> {
  if (value === null || typeof value !== 'object') {
    return;
  }
  for (const [name, argument] of Object.entries(value)) {
    if (name === 'Ref' && typeof argument === 'string') {
      yield argument;
    } else if (name === 'Fn::GetAtt') {
      yield attributePath(argument)[0];
    } else if (name === 'DependsOn' && isNames(argument)) {
      yield* [argument].flat();
    } else if (name === 'Fn::Sub') {
      yield* variablesOf(argument);
    }
    yield* referencesIn(argument);
  }
}

function variablesOf(argument: unknown): string[] {
  const [text, own] = Array.isArray(argument)
    ? (argument as [string, object])
    : [argument as string, {}];
  return [...text.matchAll(/\$\{([^!}]+)\}/g)]
    .map(([, name]) => name)
    .filter((name) => !(name in own))
    .map((name) => name.split('.')[0]);
}

function* importsIn(value: unknown): Generator<string> {
  if (value === null || typeof value !== 'object') {
    return;
  }
  for (const [name, argument] of Object.entries(value)) {
    if (name === 'Fn::ImportValue') {
      yield JSON.stringify(argument);
    } else {
      yield* importsIn(argument);
    }
  }
}

function isNames(value: unknown): value is string | string[] {
  return [value].flat().every((item) => typeof item === 'string');
}
