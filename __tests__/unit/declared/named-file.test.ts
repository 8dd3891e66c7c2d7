// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how Terraform writes interpolation
import { describe, expect, test } from '@jest/globals';
import { fileNamed } from '../../../src/evidence/declared/terraform/hcl.js';
import { declare, lines } from './kit.js';

/* A body that the plan does not know is read from its file, where it is that file and nothing else. */

const RENDERED = 'templatefile("api.json", { arn = aws_lambda_function.f.arn })';

describe('the file of an expression', () => {
  test.each<[string, string, boolean]>([
    ['file("api.json")', 'api.json', false],
    ['file( "${path.module}/api.json" )', 'api.json', false],
    ['file("${path.root}/a b.json")', 'a b.json', false],
    [RENDERED, 'api.json', true],
    ['templatefile("a.yaml", {\n  x = "}) ${f("\\")", [1])}"\n  y = "$${z"\n})', 'a.yaml', true],
    [`jsonencode(yamldecode(${RENDERED}))`, 'api.json', true],
    ['trimspace( file("api.json") )', 'api.json', false],
  ])('%s', (expression, path, isTemplate) => {
    const isFromModule = expression.includes('path.module');
    expect(fileNamed(expression)).toEqual({ path, isTemplate, isFromModule });
  });

  test.each([
    [undefined],
    ['"api.json"'],
    ['var.body'],
    ['file(var.path)'],
    ['file("${var.folder}/api.json")'],
    ['file("a", "b")'],
    ['filebase64("api.json")'],
    [`replace(${RENDERED}, "awsSigv4", "custom")`],
    ['jsonencode(merge(jsondecode(file("api.json")), { paths = {} }))'],
    ['jsonencode({ a = file("api.json") })'],
    [`var.isOpen ? ${RENDERED} : file("other.json")`],
    ['file("a.json") == "" ? file("b.json") : file("c.json")'],
    ['file("a.json") #)'],
    ['file("a.json"'],
    ['templatefile("a.json", { b = <<EOT\n)\nEOT\n})'],
    ['"${file("api.json")}"'],
    [`${'jsonencode('.repeat(30)}file("api.json")${')'.repeat(30)}`],
  ])('none of %s', (expression) => expect(fileNamed(expression)).toBeNull());
});

describe('a body that the plan does not know', () => {
  const read = (body: string) => {
    const type = 'aws_api_gateway_rest_api';
    const change = {
      actions: ['create'],
      before: null,
      after: {},
      after_unknown: { body: true },
    };
    const plan = {
      format_version: '1.2',
      resource_changes: [{ address: `${type}.api`, mode: 'managed', type, name: 'api', change }],
      configuration: { root_module: {} },
    };
    const files = {
      'main.tf': `resource "${type}" "api" {\n  body = ${body}\n}\n`,
      'api.json': '{"openapi": "3.0.1", "paths": {"/x": {"get": {}}}}',
      'p.json': JSON.stringify(plan),
    };
    return declare(files, { planFile: 'p.json' });
  };

  test('is that of its file', () => expect(lines(read(RENDERED))).toEqual(['GET /x NONE']));

  test('is not known where more than the file makes it', () => {
    const declared = read(`replace(${RENDERED}, "/x", "/y")`);
    expect(lines(declared)).toEqual([]);
    expect(declared.apis[0]?.unresolved[0]?.reason).toContain('known after the apply alone');
  });
});
