/**
 * How much of a hostile or mistaken file is read before it is refused. CloudFormation takes a
 * template of 1 MB (CloudFormation User Guide, "Quotas"); API Gateway a document of 6 MB (API Gateway
 * Developer Guide, "Quotas"). A Terraform plan of a large root module has tens of megabytes.
 */
export const LIMITS = {
  /** Of a template or a document. */
  bytes: 16 * 1024 * 1024,
  /** YAML takes ten times the time and memory of JSON. */
  yamlBytes: 8 * 1024 * 1024,
  planBytes: 256 * 1024 * 1024,
  /** Of values within values. */
  depth: 200,
  /** Of values in a file, after its aliases are put in: a file of 20 lines can stand for billions. */
  nodes: 2_000_000,
  /** The same of YAML, of which a template of CloudFormation's largest size has a tenth. */
  yamlNodes: 400_000,
  /** That all globs together may match. */
  files: 5_000,
  /** Of folders and files that are looked at to match the globs. */
  walked: 500_000,
  /** Of one value with its conditions, parameters and mappings. */
  branches: 256,
  /** Of templates within templates and includes within includes. */
  nesting: 10,
  /** That one template nests, all levels together. */
  nestedTemplates: 200,
  /** That the resources of one template put in, all together. */
  includes: 1_000,
  /** Of values that `Fn::ForEach` writes out. */
  loopValues: 20_000,
} as const;
