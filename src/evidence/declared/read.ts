import type { Declared } from '../../model/declared.js';
import { readAssembly } from './cdk/assembly.js';
import { readTemplate } from './cloudformation/template.js';
import type { TemplateReading } from './cloudformation/template-request.js';
import { complete } from './complete.js';
import { isServerlessCompiled, kindOf } from './detect.js';
import { filesOnDisk } from './disk.js';
import { type Files, fromRoot, normalize } from './files.js';
import { isAssembly, isFolder, matchGlobs } from './globs.js';
import { judgedOnce } from './judged-once.js';
import { LIMITS } from './limits.js';
import type { Node } from './node.js';
import { readDocument } from './openapi/document.js';
import { kindOfDocument } from './openapi/kind.js';
import { type GivenParameters, readParameterFiles } from './parameter-files.js';
import { parseText } from './parse.js';
import { SyntaxProblem } from './parse-json.js';
import { type FileReading, fileOf, noApi, type Reading, unreadable } from './reading.js';
import { withServerlessHints } from './serverless.js';
import { parseHcl } from './terraform/hcl.js';
import { readPlain } from './terraform/plain.js';
import { readPlan } from './terraform/plan.js';
import { mayMakeApisInJson, Sources } from './terraform/sources.js';
import { TrackedFiles } from './tracked-files.js';

export interface DeclaredRequest {
  readonly workspace: string;
  /** Globs of templates, documents, `cdk.out` folders and `.tf` files. */
  readonly templates: readonly string[];
  /** The JSON of a Terraform or OpenTofu plan. */
  readonly planFile: string | null;
  /** CloudFormation parameter files. */
  readonly parameters: readonly string[];
}

/** Reads the declared layer from the workspace's files: no network, no credentials. */
export async function readDeclared(request: DeclaredRequest): Promise<Declared> {
  return readDeclaredFrom(request, filesOnDisk(request.workspace));
}

/** The same from any files. */
export function readDeclaredFrom(
  { templates, planFile, parameters }: Omit<DeclaredRequest, 'workspace'>,
  files: Files,
): Declared {
  const given = readParameterFiles(parameters, files);
  const matches = matchGlobs(templates, files);
  const run = new Run(new TrackedFiles(files), given.values, planFile !== null);
  for (const path of matches.paths) run.add(path);
  if (planFile !== null) run.addPlan(planFile);
  run.addModules();
  return {
    ...run.result(),
    unmatched: matches.unmatched,
    problems: [...given.problems, ...matches.problems],
  };
}

class Run {
  readonly #files: TrackedFiles;
  readonly #given: GivenParameters['values'];
  readonly #hasPlan: boolean;
  readonly #covers: ReturnType<typeof readPlan>['covers'][] = [];
  /** Files of which the plan may tell more. */
  readonly #planned = new Set<string>();
  readonly #readings = new Map<string, Reading>();
  readonly #sources: Sources;
  readonly #folders = new Set<string>();
  /** Folders of modules that a folder calls, which are read with it. */
  readonly #modules = new Set<string>();

  constructor(files: TrackedFiles, given: GivenParameters['values'], hasPlan: boolean) {
    this.#files = files;
    this.#given = given;
    this.#hasPlan = hasPlan;
    this.#sources = new Sources(files);
  }

  add(path: string): void {
    const assembly = this.#assemblyOf(path);
    if (assembly !== null) this.#addAssembly(assembly);
    else if (path.endsWith('.tf') || path.endsWith('.tofu')) this.#addHcl(path);
    else this.#addFile(path);
  }

  /** The assembly that a path is, or is a part of. */
  #assemblyOf(path: string): string | null {
    if (this.#readings.has(path)) return null;
    if (isAssembly(path, this.#files)) return path;
    if (
      !/(\.template\.json|\.assets\.json|\.metadata\.json|(^|\/)(manifest|tree)\.json|(^|\/)cdk\.out)$/.test(
        path,
      )
    ) {
      return null;
    }
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    return isAssembly(folder, this.#files) ? folder : null;
  }

  #addAssembly(folder: string): void {
    const name = folder === '' ? '.' : folder;
    if (this.#readings.has(name)) return;
    this.#track(name, () => {
      const reading = readAssembly(folder, this.#files, this.#given);
      const manifest = folder === '' ? 'manifest.json' : `${folder}/manifest.json`;
      const place = { file: manifest, line: 1, column: 1 };
      const { apis, unresolved, undeployable, problem } = reading;
      return {
        apis,
        file: fileOf(name, 'cdk', apis, { unresolved, undeployable, problem, place }),
      };
    });
  }

  #addHcl(file: string, isPlanned = this.#hasPlan): void {
    if (isPlanned) this.#planned.add(file);
    const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
    const place = { file, line: 1, column: 1 };
    this.#track(file, () => {
      const source = this.#files.read(file, LIMITS.bytes);
      if ('problem' in source)
        return { apis: [], file: unreadable(file, 'terraform', source.problem, place) };
      try {
        parseHcl(file, source.text);
      } catch (error) {
        if (!(error instanceof SyntaxProblem)) throw error;
        return { apis: [], file: unreadable(file, 'terraform', error.message, error.place) };
      }
      // What a plan is of is read in the plan, and a module's folder is read once.
      if (isPlanned || this.#folders.has(folder)) {
        return { apis: [], file: { ...fileOf(file, 'terraform', [], {}), outcome: 'read' } };
      }
      this.#folders.add(folder);
      const { apis, unresolved, modules } = readPlain(folder, this.#sources, this.#files);
      for (const module of modules) this.#modules.add(module);
      return { apis, file: fileOf(file, 'terraform', apis, { unresolved }) };
    });
  }

  #addFile(file: string): void {
    if (this.#readings.has(file)) return;
    this.#track(file, () => this.#readFile(file));
  }

  #readFile(file: string): FileReading {
    const start = { file, line: 1, column: 1 };
    const source = this.#files.read(file, LIMITS.bytes);
    if ('problem' in source) {
      const isDirectory = source.problem === 'is not a file' || source.problem === 'does not exist';
      const inside = file === '' ? '' : `${file}/`;
      const problem =
        isDirectory && isFolder(file, this.#files)
          ? `is a folder without a manifest.json: name its files by a glob, such as ${inside}**/*.yaml or ${inside}*.tf`
          : source.problem;
      // The workspace itself has no name within it.
      const named = file === '' ? '.' : file;
      return {
        apis: [],
        file: unreadable(named, null, problem, { ...start, file: named }),
      };
    }
    if (SERVERLESS_CODE.test(file)) return notCompiled(file);
    let root: Node;
    try {
      root = parseText(file, source.text);
    } catch (error) {
      if (!(error instanceof SyntaxProblem)) throw error;
      // A broad glob matches what is no template at all.
      const isMeant =
        /\.(ya?ml|json|template|tpl|cfn)$/i.test(file) || NAMES_AN_API.test(source.text);
      if (!isMeant) return noApi(file);
      return { apis: [], file: unreadable(file, null, error.message, error.place) };
    }
    switch (kindOf(root)) {
      case 'openapi':
        return documentReading(file, root);
      case 'template':
        return this.#template(file, source.text, root);
      case 'serverless.yml':
        return notCompiled(file);
      default:
        return this.#other(file, source.text);
    }
  }

  #template(file: string, text: string, root: Node): FileReading {
    const isCompiled = isServerlessCompiled(file, root);
    const reading: TemplateReading = readTemplate({
      file,
      text,
      root,
      files: this.#files,
      language: isCompiled ? 'serverless' : 'cloudformation',
      given: this.#given,
      stack: null,
      prefix: '',
    });
    const apis = isCompiled
      ? reading.apis.map((api) => withServerlessHints(api, root))
      : reading.apis;
    const language = isCompiled ? 'serverless' : reading.isSam ? 'sam' : 'cloudformation';
    return { apis, file: fileOf(file, language, apis, reading) };
  }

  /** A plan among the templates is read as one. */
  #other(file: string, text: string): FileReading {
    if (/\.(tf|tofu)\.json$/.test(file) && mayMakeApisInJson(text)) {
      const place = { file, line: 1, column: 1 };
      const reason = 'the JSON syntax of Terraform is not read without a plan';
      const give = 'give a plan (input `plan-file`): `terraform show -json` of a plan file';
      return {
        apis: [],
        file: fileOf(file, 'terraform', [], { unresolved: [{ reason, give, place }] }),
      };
    }
    if (!text.includes('"resource_changes"') || !text.includes('"format_version"')) {
      return noApi(file);
    }
    return this.#plan(file, text);
  }

  addPlan(path: string): void {
    const inside = normalize(fromRoot(path, this.#files.root));
    const file = inside ?? path;
    const start = { file, line: 1, column: 1 };
    this.#track(file, () => {
      const source =
        inside === null
          ? { problem: 'leads out of the workspace' }
          : this.#files.read(inside, LIMITS.planBytes);
      if ('problem' in source)
        return { apis: [], file: unreadable(file, 'terraform', source.problem, start) };
      return this.#plan(file, source.text);
    });
    // Files of another root module are judged as they are without a plan.
    for (const path of this.#planned) {
      const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
      const isPlanned = this.#covers.some((covers) => covers(folder));
      if (!isPlanned && this.#covers.length > 0) this.#addHcl(path, false);
    }
  }

  #plan(file: string, text: string): FileReading {
    const start = { file, line: 1, column: 1 };
    const failed = (problem: string, place = start) => ({
      apis: [],
      file: unreadable(file, 'terraform', problem, place),
    });
    if (text.startsWith('PK')) {
      return failed('is a binary plan: give the output of `terraform show -json` of it');
    }
    let data: unknown;
    try {
      data = JSON.parse(text.replace(/^\ufeff/, ''));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const [, line, column] = /line (\d+) column (\d+)/.exec(message) ?? [];
      const place = { file, line: Number(line ?? 1), column: Number(column ?? 1) };
      return failed(`is no JSON (${message})`, place);
    }
    const { apis, unresolved, problem, covers } = readPlan(file, data, this.#files);
    this.#covers.push(covers);
    if (problem !== null) return failed(problem);
    return { apis, file: fileOf(file, 'terraform', apis, { unresolved }) };
  }

  #track(name: string, read: () => FileReading): void {
    this.#files.reads = new Set();
    const reading = withinDepth(name, read);
    this.#readings.set(name, { ...reading, reads: this.#files.reads });
  }

  /** Reads the modules that were called, and those that they call. */
  addModules(): void {
    for (const folder of this.#modules) {
      if (this.#folders.has(folder)) continue;
      const [first] = this.#sources.folders.get(folder) ?? [];
      if (first !== undefined) this.#addHcl(first, false);
    }
  }

  result(): Pick<Declared, 'apis' | 'files'> {
    return judgedOnce(this.#readings);
  }
}

/**
 * What a file says; nothing where its resources or conditions lead to one another through more of them than
 * a stack of calls takes: no deployable file does so.
 */
function withinDepth(file: string, read: () => FileReading): FileReading {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const place = { file, line: 1, column: 1 };
    const problem = 'what it declares refers to other things through too many steps';
    return { apis: [], file: unreadable(file, null, problem, place) };
  }
}

/** The configuration of the Serverless Framework as a program. */
const SERVERLESS_CODE = /(?:^|\/)serverless\.(?:[cm]?[jt]s)$/;

function notCompiled(file: string): FileReading {
  const unresolved = {
    reason: `${file.slice(file.lastIndexOf('/') + 1)} is full of variables, and its APIs are known once it is compiled`,
    give: 'run `serverless package` and name .serverless/cloudformation-template-update-stack.json',
    place: { file, line: 1, column: 1 },
  };
  return { apis: [], file: fileOf(file, 'serverless.yml', [], { unresolved: [unresolved] }) };
}

/** What a file names that is a template of a template, or one that is broken. */
const NAMES_AN_API = /AWS::(ApiGateway|ApiGatewayV2|Serverless)::|^\s*(openapi|swagger):/m;

function documentReading(file: string, root: Node): FileReading {
  const place = { file, line: 1, column: 1 };
  const kind = kindOfDocument(root);
  const reading = readDocument(root, { kind });
  const api = complete({
    name: 'document',
    file,
    language: 'openapi',
    kind,
    place,
    when: [],
    methods: reading.methods,
    unresolved: reading.unresolved,
    undeployable: reading.undeployable,
    policies: reading.policies,
    endpointTypes: reading.isPrivate ? ['PRIVATE'] : [],
    defaultEndpointDisabled:
      reading.defaultEndpointDisabled === undefined ? false : reading.defaultEndpointDisabled,
    identity: { stack: null, logicalId: null, constructPath: null, address: null, id: null },
    suppressions: [],
    notes: [],
  });
  return { apis: [api], file: fileOf(file, 'openapi', [api], {}) };
}
