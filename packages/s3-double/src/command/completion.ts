import type { Flag } from './flags';

/**
 * A script that teaches a shell the flags of a command, also where npx runs it: `source <(npx
 * COMMAND --completion bash)`.
 * https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html
 * https://zsh.sourceforge.io/Doc/Release/Completion-System.html
 * https://fishshell.com/docs/current/completions.html
 */
export function renderCompletion(shell: string, command: string, flags: readonly Flag[]): string {
  switch (shell) {
    case 'bash':
      return renderBash(command, flags);
    case 'zsh':
      return renderZsh(command, flags);
    case 'fish':
      return renderFish(command, flags);
    default:
      throw new Error(`--completion is '${shell}', but must be bash, zsh or fish`);
  }
}

function renderBash(command: string, flags: readonly Flag[]): string {
  const name = toFunctionName(command);
  const cases = flags
    .filter(({ value }) => value !== undefined)
    .map(({ name: flag, completes }) => `    --${flag}) ${toBashReply(completes)};;`);
  return [
    `${name}() {`,
    // The function is asked for every command that npx runs.
    `  if [[ $1 == npx && " \${COMP_WORDS[*]} " != *" ${command} "* ]]; then return; fi`,
    '  local word="${COMP_WORDS[COMP_CWORD]}"',
    '  COMPREPLY=()',
    '  case "${COMP_WORDS[COMP_CWORD-1]}" in',
    ...cases,
    `    *) COMPREPLY=($(compgen -W '${flags.map(({ name: flag }) => `--${flag}`).join(' ')}' ` +
      '-- "$word"));;',
    '  esac',
    '}',
    `complete -F ${name} ${command}`,
    `complete -o default -F ${name} npx`,
  ].join('\n');
}

function toBashReply(completes: Flag['completes']): string {
  switch (completes) {
    // A name may have spaces: each line is one.
    case 'file':
      return 'compopt -o filenames; local IFS=$\'\\n\'; COMPREPLY=($(compgen -f -- "$word"))';
    case 'directory':
      return 'compopt -o filenames; local IFS=$\'\\n\'; COMPREPLY=($(compgen -d -- "$word"))';
    case undefined:
      return ':';
    default:
      return `COMPREPLY=($(compgen -W '${completes.join(' ')}' -- "$word"))`;
  }
}

function renderZsh(command: string, flags: readonly Flag[]): string {
  const name = toFunctionName(command);
  const specs = flags.map(
    (flag) =>
      '    ' +
      `'${flag.isRepeatable ? '*' : ''}--${flag.name}[${escapeZsh(flag.help)}]${toZshValue(flag)}'`,
  );
  return [
    `#compdef ${command}`,
    `${name}() {`,
    '  if [[ $service == npx ]]; then',
    `    if (( ! \${words[(I)${command}]} )); then _default; return; fi`,
    '    shift words; (( CURRENT-- ))',
    '  fi',
    '  _arguments \\',
    specs.join(' \\\n'),
    '}',
    `compdef ${name} ${command} npx`,
  ].join('\n');
}

function renderFish(command: string, flags: readonly Flag[]): string {
  return flags
    .flatMap((flag) =>
      [`-c ${command}`, `-c npx -n '__fish_seen_subcommand_from ${command}'`].map(
        (where) =>
          `complete ${where} -l ${flag.name} -d ` +
          `'${flag.help.replace(/['\\]/g, '\\$&')}'${toFishValue(flag)}`,
      ),
    )
    .join('\n');
}

function toFishValue({ value, completes }: Flag): string {
  if (value === undefined) {
    return ' -f';
  }
  switch (completes) {
    case 'file':
      return ' -r -F';
    case 'directory':
      return " -x -a '(__fish_complete_directories)'";
    case undefined:
      return ' -x';
    default:
      return ` -x -a '${completes.join(' ')}'`;
  }
}

function toZshValue({ value, completes }: Flag): string {
  if (value === undefined) {
    return '';
  }
  switch (completes) {
    case 'file':
      return `:${value}:_files`;
    case 'directory':
      return `:${value}:_files -/`;
    case undefined:
      return `:${value}: `;
    default:
      return `:${value}:(${completes.join(' ')})`;
  }
}

/** Brackets end a description, a colon begins the next field, and the whole stands in quotes. */
function escapeZsh(text: string): string {
  return text.replace(/[[\]:\\]/g, '\\$&').replace(/'/g, "'\\''");
}

function toFunctionName(command: string): string {
  return `_${command.replace(/\W/g, '_')}`;
}
