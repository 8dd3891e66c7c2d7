import { type Placeholder, type Purpose, RIGHTS, type Right } from './rights.js';

/** What a document is made of: a pair of markers for each part, and the text between them. */
export interface Dialect {
  /** The line that begins a part. */
  readonly begin: (part: string) => RegExp;
  /** The line that ends it. */
  readonly end: (part: string) => string;
  readonly render: (rights: readonly Right[], indentation: string) => string;
}

/** A policy to copy, with the values of the examples. */
export const MARKDOWN: Dialect = {
  begin: (part) => new RegExp(`^( *)<!-- rights ${part}:begin [^\\n]*-->\\n`, 'gm'),
  end: (part) => `<!-- rights ${part}:end -->`,
  render: (rights) => `\n\`\`\`json\n${jsonOf(documentOf(rights))}\n\`\`\`\n\n`,
};

/** Statements of a CloudFormation template in YAML. */
export const CLOUDFORMATION: Dialect = {
  begin: (part) => new RegExp(`^( *)# rights ${part}:begin [^\\n]*\\n`, 'gm'),
  end: (part) => `# rights ${part}:end`,
  render: (rights, indentation) => lines(rights.flatMap(cloudFormationStatement), indentation),
};

/** Statements of a policy in Terraform's language. */
export const TERRAFORM: Dialect = {
  begin: (part) => new RegExp(`^( *)# rights ${part}:begin [^\\n]*\\n`, 'gm'),
  end: (part) => `# rights ${part}:end`,
  render: (rights, indentation) => lines(rights.flatMap(terraformStatement), indentation),
};

/**
 * Puts the rights between their markers, wherever a document has them.
 *
 * @throws Error where the document has no marker at all, or one that does not end.
 */
export function insertRights(document: string, dialect: Dialect): string {
  let found = 0;
  const purposes = Object.keys(RIGHTS) as Purpose[];
  const text = purposes.reduce((before, purpose) => {
    const begin = dialect.begin(purpose);
    let out = '';
    let at = 0;
    for (let match = begin.exec(before); match !== null; match = begin.exec(before)) {
      const indentation = match[1] ?? '';
      const end = before.indexOf(`${indentation}${dialect.end(purpose)}`, begin.lastIndex);
      if (end < 0) throw new Error(`The rights ${purpose} begin, and do not end.`);
      out += before.slice(at, begin.lastIndex) + dialect.render(RIGHTS[purpose], indentation);
      at = end;
      begin.lastIndex = end;
      found += 1;
    }
    return out + before.slice(at);
  }, document);
  if (found === 0) throw new Error('The document has no marker for any rights.');
  return text;
}

const EXAMPLES: Readonly<Record<Placeholder, string>> = {
  partition: 'aws',
  region: 'eu-west-1',
  account: '111122223333',
  api: 'a1b2c3d4e5',
  group: 'callers',
  stack: 'my-stack',
};

/** The rights as a policy, with the values of the examples or of one's own. */
export function documentOf(
  rights: readonly Right[],
  values: Readonly<Record<Placeholder, string>> = EXAMPLES,
) {
  return {
    Version: '2012-10-17',
    Statement: rights.map(({ actions, resources, condition }) => ({
      Effect: 'Allow',
      Action: oneOrMore(actions),
      Resource: oneOrMore(resources.map((it) => fill(it, values))),
      ...(condition === undefined
        ? {}
        : {
            Condition: {
              [condition.operator]: { [condition.key]: fill(condition.value, values) },
            },
          }),
    })),
  };
}

/** As Biome formats JSON in a document: a list stands on one line where it fits. */
function jsonOf(document: object): string {
  return JSON.stringify(document, null, 2).replace(
    /^( *)(.*)\[\n([^[\]{}]*)\]/gm,
    (whole, indentation: string, key: string, items: string) => {
      const line = `${indentation}${key}[${items.trim().replace(/\s*\n\s*/g, ' ')}]`;
      return line.length < LINE_WIDTH ? line : whole;
    },
  );
}

/** As `biome.json` says. */
const LINE_WIDTH = 100;

function oneOrMore(list: readonly string[]): string | readonly string[] {
  const [first = '', ...others] = list;
  return others.length === 0 ? first : list;
}

/** Puts values in the place of placeholders. */
export function fill(text: string, values: Readonly<Record<Placeholder, string>>): string {
  return text.replace(/<(\w+)>/g, (whole, name: string) =>
    isPlaceholder(name) ? values[name] : whole,
  );
}

function isPlaceholder(name: string): name is Placeholder {
  return Object.hasOwn(EXAMPLES, name);
}

/** How both languages refer to a value within a text. */
function reference(name: string): string {
  return `$\{${name}}`;
}

const IN_CLOUDFORMATION: Readonly<Record<Placeholder, string>> = {
  partition: reference('AWS::Partition'),
  region: reference('ApiRegion'),
  account: reference('AWS::AccountId'),
  api: reference('ApiId'),
  group: reference('InvokeGroup'),
  stack: reference('StackName'),
};

function cloudFormationStatement({ sid, actions, resources, condition }: Right): string[] {
  const sub = (text: string): string =>
    text === '*' ? '"*"' : `!Sub ${fill(text, IN_CLOUDFORMATION)}`;
  return [
    `- Sid: ${sid}`,
    '  Effect: Allow',
    ...list('  Action', actions),
    ...list('  Resource', resources.map(sub)),
    ...(condition === undefined
      ? []
      : [
          '  Condition:',
          `    ${condition.operator}:`,
          `      ${condition.key}: ${sub(condition.value)}`,
        ]),
  ];
}

function list(key: string, items: readonly string[]): string[] {
  const [first = '', ...others] = items;
  if (others.length === 0) return [`${key}: ${first}`];
  return [
    `${key}:`,
    ...items.map((it) => `${' '.repeat(key.length - key.trimStart().length + 2)}- ${it}`),
  ];
}

const IN_TERRAFORM: Readonly<Record<Placeholder, string>> = {
  partition: reference('local.partition'),
  region: reference('var.api_region'),
  account: reference('local.account'),
  api: reference('api'),
  group: reference('var.invoke_group'),
  stack: reference('var.stack_name'),
};

function terraformStatement({ sid, actions, resources, condition }: Right): string[] {
  const filled = resources.map((it) => `"${fill(it, IN_TERRAFORM)}"`);
  const isOfApis = resources.some((it) => it.includes('<api>'));
  return [
    '{',
    `  Sid    = "${sid}"`,
    '  Effect = "Allow"',
    '  Action = [',
    ...actions.map((it) => `    "${it}",`),
    '  ]',
    ...(isOfApis
      ? [
          '  Resource = flatten([for api in var.api_ids : [',
          ...filled.map((it) => `    ${it},`),
          '  ]])',
        ]
      : ['  Resource = [', ...filled.map((it) => `    ${it},`), '  ]']),
    ...(condition === undefined
      ? []
      : [
          '  Condition = {',
          `    ${condition.operator} = {`,
          `      "${condition.key}" = "${fill(condition.value, IN_TERRAFORM)}"`,
          '    }',
          '  }',
        ]),
    '},',
  ];
}

function lines(all: readonly string[], indentation: string): string {
  return all.map((it) => `${indentation}${it}\n`).join('');
}
